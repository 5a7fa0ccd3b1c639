#!/bin/sh
# Give .venv what a lock names, and nothing of it that has another hash:
#   PYTHON=python3 sh infra/environment.sh locks/requirements.txt .venv/.runtime
#
# A sound and complete one is left alone, without a word. What an installation that broke off, an interpreter that went
# or changed, or a folder that moved left behind is made anew. CHOSEN is set where PYTHON was asked for by name.
set -u

requirements=$1
stamp=$2
oldest='3, 11'  # as in pyproject.toml
mark=.venv/.installing  # names who installs; there without one, .venv is half made
log=.venv/install.log

give_up() {
  echo "$1" >&2
  exit 1
}

version_of() {
  "$1" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null
}

is_sound() {
  [ ! -e "$mark" ] && [ -f .venv/pyvenv.cfg ] || return  # without that file its python is the system's
  .venv/bin/python -I -c "import sys, pip; sys.exit(sys.version_info < ($oldest))" 2>/dev/null || return
  made=$(sed -n 's/^command = .* -m venv \(--[a-z-]* \)*//p' .venv/pyvenv.cfg)
  [ -z "$made" ] || [ "$made" -ef .venv ] || return  # its scripts call the interpreter of the folder it was made in
  [ -z "${CHOSEN:-}" ] || [ "$(version_of "$PYTHON")" = "$(version_of .venv/bin/python)" ]
}

require_python() {
  told=$(version_of "$PYTHON") ||
    give_up "No funciona «$PYTHON». En Debian o Ubuntu: sudo apt install python3 python3-venv"
  "$PYTHON" -c "import sys; sys.exit(sys.version_info < ($oldest))" ||
    give_up "Hace falta Python 3.11 o posterior y «$PYTHON» es $told. Diga cuál usar, por ejemplo: make PYTHON=python3.12"
  package=$(basename "$PYTHON")-venv
  "$PYTHON" -c 'import venv; from ensurepip import version' 2>/dev/null ||
    give_up "A «$PYTHON» le falta venv, que Debian y Ubuntu traen aparte: sudo apt install $package"
}

make_anew() {
  require_python
  [ -w . ] || give_up "No se puede escribir en $PWD: revise sus permisos, y que el disco no sea de solo lectura."
  if [ -e .venv ] || [ -L .venv ]; then
    echo "El entorno .venv quedó a medias o es de otro Python: se hace de nuevo."
    rm -rf .venv 2>/dev/null
  fi
  mkdir .venv && echo $$ >"$mark" || give_up "No se puede escribir en $PWD: revise sus permisos y el espacio en el disco."
  "$PYTHON" -m venv .venv || give_up "No se pudo hacer el entorno .venv. ¿Queda espacio en el disco? Corríjalo y repita la orden."
}

progress() {
  sed -n 's/^Collecting \([^ ;]*\).*/\1/p; s/^Installing collected packages.*/se copian los paquetes/p' "$log" | tail -n 1
}

install() {
  echo $$ >"$mark"
  echo "Instalando lo que pide $requirements. La primera vez son uno o dos minutos; Ctrl-C lo interrumpe."
  .venv/bin/python -m pip install --disable-pip-version-check --no-compile --progress-bar off \
    --require-hashes --requirement "$requirements" >"$log" 2>&1 &
  pip=$!
  trap 'kill $pip 2>/dev/null; exit 130' INT TERM HUP
  seconds=0
  while kill -0 $pip 2>/dev/null; do
    sleep 1
    seconds=$((seconds + 1))
    [ $((seconds % 5)) -ne 0 ] || echo "  $seconds s: $(progress)"
  done
  if ! wait $pip; then
    grep -q '^Installing collected packages' "$log" || rm -f "$mark"  # nothing was touched yet
    grep -v '^WARNING' "$log" | tail -n 5 >&2
    give_up "No se pudo instalar. ¿Llega este equipo al índice de paquetes, y queda espacio? Todo lo que pip dijo: $log"
  fi
  rm -f "$mark"
  touch "$stamp"
}

installer=$(cat "$mark" 2>/dev/null)
if [ -n "$installer" ] && kill -0 "$installer" 2>/dev/null; then
  give_up "Otra orden está instalando (proceso $installer): espere a que termine. Si ya no hay ninguna, borre .venv y repita."
fi
is_sound || make_anew
if [ ! -e "$stamp" ] || [ "$requirements" -nt "$stamp" ]; then
  install
fi
