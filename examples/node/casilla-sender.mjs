// Deposit a notice in Casilla from Node.js 20 or later: no packages, one file, free to copy and adapt.
// Written from docs/guia-de-integracion.md alone; the numbers in the comments are its sections.
//
//   node casilla-sender.mjs deposit --base-url https://… --key key.pem --keyid ent-0001:2026-a \
//     --recipient DNI:40000002 --case-file 2026-000123 --case-opened 2026-02-27 --type … main.pdf [annexes…]

import { createHash, createPrivateKey, randomBytes, sign as signBytes } from 'node:crypto'
import { mkdirSync, openSync, fsyncSync, closeSync, writeSync, existsSync, readFileSync, renameSync } from 'node:fs'
import { basename, extname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const MAX_INLINE_SIZE = 4 * 1024 * 1024
const ATTEMPTS = 8
const MEDIA_TYPES = {
  '.pdf': 'application/pdf',
  '.txt': 'text/plain',
  '.csv': 'text/csv',
  '.xlsx': 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  '.ods': 'application/vnd.oasis.opendocument.spreadsheet',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
}

const sha256 = (bytes, encoding) => createHash('sha256').update(bytes).digest(encoding)

/** 3. The digest of the exact bytes of the body. */
export const contentDigest = (body) => `sha-256=:${sha256(body, 'base64')}:`

/** 4. One line per component, then the parameters; no final line break. */
export function signatureBase(components, parameters) {
  const lines = components.map(([name, value]) => `"${name}": ${value}`)
  return [...lines, `"@signature-params": ${parameters}`].join('\n')
}

/** 4. The two fields of a signature; P-256 as r and s, not as DER. */
export function signatureFields(privateKey, keyid, components, created, nonce) {
  const names = components.map(([name]) => `"${name}"`).join(' ')
  const parameters =
    `(${names});created=${created};expires=${created + 300};nonce="${nonce}";keyid="${keyid}";tag="casilla"`
  const base = Buffer.from(signatureBase(components, parameters), 'ascii')
  const signature =
    privateKey.asymmetricKeyType === 'ed25519'
      ? signBytes(null, base, privateKey)
      : signBytes('sha256', base, { key: privateKey, dsaEncoding: 'ieee-p1363' })
  return { 'Signature-Input': `sig1=${parameters}`, Signature: `sig1=:${signature.toString('base64')}:` }
}

export class Refused extends Error {
  constructor(status, problem) {
    const errors = Array.isArray(problem.errors) ? problem.errors : []
    const lines = errors.map(({ field, detail }) => `- ${field ? `${field}: ` : ''}${detail}`)
    super([`${status} ${problem.code ?? ''}: ${problem.detail ?? ''}`, ...(lines.length > 1 ? lines : [])].join('\n'))
    this.errors = errors
    this.retryable = status === 429 || status >= 500 || problem.retryable === true
  }
}

export class Sender {
  constructor({ baseUrl, authority, keyid, privateKey, journal = 'casilla-journal' }) {
    this.baseUrl = baseUrl.replace(/\/$/, '')
    this.authority = (authority ?? new URL(baseUrl).host).toLowerCase()
    this.keyid = keyid
    this.privateKey = privateKey
    this.journal = journal
  }

  /** 5 and 8. The body is on the disk before it is sent; the same key always sends the same bytes. */
  async deposit(details, paths, idempotencyKey) {
    const files = paths.map(describe)
    const key = idempotencyKey ?? sha256(JSON.stringify([details, files]), 'hex')
    const saved = join(this.journal, `${sha256(key, 'hex').slice(0, 32)}.body`)
    if (!existsSync(saved)) {
      const entries = await this.attach(paths, files)
      const body = JSON.stringify({ ...details, main: entries[0], annexes: entries.slice(1) })
      mkdirSync(this.journal, { recursive: true, mode: 0o700 })
      const descriptor = openSync(`${saved}.new`, 'w', 0o600)
      writeSync(descriptor, body)
      fsyncSync(descriptor)
      closeSync(descriptor)
      renameSync(`${saved}.new`, saved)
    }
    const answer = await this.call('POST', '/v1/deposits', { body: readFileSync(saved), idempotencyKey: key })
    return answer.json()
  }

  /** 6. Grant, PUT with exactly the given headers, wait for the check. */
  async upload(path, described) {
    const answer = await this.call('POST', '/v1/uploads', { body: Buffer.from(JSON.stringify(described)) })
    const grant = await answer.json()
    const content = readFileSync(path)
    await patiently(() => fetch(grant.url, { method: 'PUT', headers: grant.headers, body: content }))
    for (let asked = 0; asked < 300; asked++) {
      const upload = await (await this.call('GET', `/v1/uploads/${grant.upload_id}`)).json()
      if (upload.state === 'checked') return { ...described, upload_id: grant.upload_id }
      if (upload.state !== 'waiting') throw new Refused(409, { code: `upload_${upload.state}`, ...upload })
      await pause(2000)
    }
    throw new Refused(409, { code: 'upload_not_checked', retryable: true })
  }

  /** Small files inside the deposit as long as they fit together, the others uploaded. */
  async attach(paths, files) {
    const entries = []
    let room = MAX_INLINE_SIZE
    for (const [index, described] of files.entries()) {
      if (described.size <= room) {
        room -= described.size
        entries.push({ ...described, content: readFileSync(paths[index]).toString('base64') })
      } else {
        entries.push(await this.upload(paths[index], described))
      }
    }
    return entries
  }

  /** 4 and 8. Each attempt is signed anew; key and body stay the same. */
  call(method, path, { body, idempotencyKey } = {}) {
    const url = this.baseUrl + path
    return patiently(() => {
      const components = [
        ['@method', method],
        ['@authority', this.authority],
        ['@path', new URL(url).pathname],
      ]
      const headers = {}
      if (body !== undefined) {
        headers['Content-Type'] = 'application/json'
        headers['Content-Digest'] = contentDigest(body)
        if (idempotencyKey !== undefined) headers['Idempotency-Key'] = idempotencyKey
        components.push(...Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
      }
      const created = Math.floor(Date.now() / 1000)
      const nonce = randomBytes(24).toString('base64url')
      Object.assign(headers, signatureFields(this.privateKey, this.keyid, components, created, nonce))
      return fetch(url, { method, headers, body, redirect: 'manual' })
    })
  }
}

/** 8. Repeat what a repetition can help, as late as the service says. */
async function patiently(exchange) {
  for (let attempt = 1; ; attempt++) {
    let response
    let failure
    try {
      response = await exchange()
      if (response.status < 400) return response
      failure = new Refused(response.status, await response.json().catch(() => ({})))
    } catch (error) {
      failure = Object.assign(new Error(`sin respuesta: ${error.cause?.code ?? error.message}`), { retryable: true })
    }
    if (!failure.retryable || attempt === ATTEMPTS) throw failure
    await pause(millisecondsToWait(response?.headers.get('Retry-After'), attempt))
  }
}

function millisecondsToWait(named, attempt) {
  if (named && /^\d+$/.test(named)) return Number(named) * 1000
  if (named && !Number.isNaN(Date.parse(named))) return Math.max(0, Date.parse(named) - Date.now())
  return Math.min(60, 2 ** (attempt - 1)) * 1000 * (0.5 + Math.random() / 2)
}

function describe(path) {
  const content = readFileSync(path)
  const mediaType = MEDIA_TYPES[extname(path).toLowerCase()] ?? 'application/octet-stream'
  return { filename: basename(path), media_type: mediaType, sha256: sha256(content, 'hex'), size: content.length }
}

async function main() {
  const text = { type: 'string' }
  const names = ['type', 'number', 'subject', 'issued-at', 'office', 'signed-by', 'prepared-by']
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: Object.fromEntries(
      [
        ...['base-url', 'authority', 'key', 'keyid', 'journal', 'idempotency-key'],
        ...['recipient', 'case-file', 'case-opened', 'regime', 'term', 'place', ...names],
      ].map((name) => [name, text]),
    ),
  })
  const [command, ...paths] = positionals
  if (command !== 'deposit' || paths.length === 0) throw new Error('uso: deposit [opciones] principal.pdf [anexos…]')
  const [documentType, documentNumber] = values.recipient.split(':')
  const details = {
    recipient: { document_type: documentType, document_number: documentNumber },
    case_file: { number: values['case-file'], opened_on: values['case-opened'] },
    document: Object.fromEntries(names.map((name) => [name.replace('-', '_'), values[name]])),
  }
  if (values.regime) details.regime = values.regime
  if (values.term) {
    const [amount, unit] = values.term.split(':')
    details.term = { amount: Number(amount), unit }
  }
  if (values.place) {
    if (!details.term) throw new Error('--place va con --term')
    details.term.place = values.place
  }
  const sender = new Sender({
    baseUrl: values['base-url'],
    authority: values.authority,
    keyid: values.keyid,
    privateKey: createPrivateKey(readFileSync(values.key)),
    journal: values.journal,
  })
  console.log(JSON.stringify(await sender.deposit(details, paths, values['idempotency-key']), null, 2))
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  main().catch((error) => {
    console.error(`No se aceptó: ${error.message}`)
    process.exitCode = error.retryable ? 75 : 1
  })
}
