"""Packages: made of the sources or taken as they are, and kept in the cloud by their content, for a way back.

A package is known by a hash of what is in its archive and of its template, so the same sources give the same package
whenever and wherever they are built. In the bucket lie `code/<hash>.zip`, `packages/<id>/` with template, inventory,
manifest, and what says that it served and passed the smoke test, and `templates/<hash>.json`, what CloudFormation was
given.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import tempfile
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from infra.deploy.cloud import Cloud, DeployError

ROOT = Path(__file__).parents[2]
_SOURCES = (
    "app.py",
    "chalicelib",
    ".chalice/*.json",
    "infra/*.py",
    "infra/*.toml",
    "infra/resources",
    "locks",
    "requirements*",
)
_STAMP = "sources.sha256"
_SERVED = "served.json"
_CHUNK = 1 << 20
CHANGED = "+cambios"
"""Ends a revision that is not all of the sources."""
_KEPT = 16
"""Characters of an id: as many as nobody confuses two packages with."""


@dataclass(frozen=True, slots=True)
class Package:
    """What is deployed, whoever built it."""

    package_id: str
    template: dict[str, Any]
    """As `make package` writes it, the same for every stage."""
    code: str
    """Hash of what is in the archive."""
    archive: Path | None = None
    """None of one that was uploaded before."""
    inventory: Path | None = None


def built(build: Callable[[], object], out: Path, tell: Callable[[str], None]) -> Package:
    """Return the package of the sources as they are, built only if that of the last time was of others."""
    stamp, sources = out / _STAMP, sources_digest()
    if stamp.exists() and stamp.read_text(encoding="utf-8") == sources:
        tell(f"el paquete de {out.name} ya es el de estas fuentes")
    else:
        build()
        stamp.write_text(sources, encoding="utf-8")
    return read_package(out)


def read_package(folder: Path) -> Package:
    """Return what `make package` wrote into a folder."""
    template: dict[str, Any] = json.loads((folder / "sam.json").read_text(encoding="utf-8"))
    archive = folder / "deployment.zip"
    code = content_hash(archive)
    return Package(package_id_of(code, template), template, code, archive, folder / "inventory.json")


def sources_digest(root: Path = ROOT) -> str:
    """Return a hash of all that a package is made of."""
    found = {path for pattern in _SOURCES for path in root.glob(pattern)}
    files = {file for path in found for file in (path.rglob("*") if path.is_dir() else [path])}
    digest = hashlib.sha256()
    for file in sorted(one for one in files if one.is_file() and "__pycache__" not in one.parts):
        digest.update(f"{file.relative_to(root)}\0".encode() + hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def content_hash(archive: Path) -> str:
    """Return a hash of names, rights and contents: not of the dates, which each build has its own of."""
    digest = hashlib.sha256()
    with zipfile.ZipFile(archive) as opened:
        for entry in sorted(opened.infolist(), key=lambda one: one.filename):
            digest.update(f"{entry.filename}\0{entry.external_attr >> 16:o}\0{entry.file_size}\0".encode())
            with opened.open(entry) as content:
                while chunk := content.read(_CHUNK):
                    digest.update(chunk)
    return digest.hexdigest()


def minified(template: Any) -> bytes:
    """Return JSON that is the same whenever the template is."""
    return json.dumps(template, separators=(",", ":"), sort_keys=True, ensure_ascii=False).encode()


@dataclass(frozen=True, slots=True)
class PackageStore:
    """The bucket of an account and region where packages are kept."""

    cloud: Cloud
    bucket: str
    owner: str
    """The account that has to own it: a bucket of this name that is another's is neither read nor written."""

    @property
    def _own(self) -> dict[str, str]:
        return {"Bucket": self.bucket, "ExpectedBucketOwner": self.owner}

    @property
    def _extra(self) -> dict[str, str]:
        return {"ExpectedBucketOwner": self.owner}

    def prepare(self) -> None:
        """Make the bucket where it is missing, and set what it has to be in any case: a run may have died between."""
        s3 = self.cloud.client("s3")
        if not self._exists():
            region = self.cloud.region
            place = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
            s3.create_bucket(Bucket=self.bucket, **place)
        closed = dict.fromkeys(
            ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True
        )
        s3.put_public_access_block(**self._own, PublicAccessBlockConfiguration=closed)
        s3.put_bucket_versioning(**self._own, VersioningConfiguration={"Status": "Enabled"})
        rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
        s3.put_bucket_encryption(**self._own, ServerSideEncryptionConfiguration={"Rules": [rule]})
        plain = {
            "Sid": "TlsOnly",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": [f"arn:aws:s3:::{self.bucket}", f"arn:aws:s3:::{self.bucket}/*"],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }
        s3.put_bucket_policy(**self._own, Policy=json.dumps({"Version": "2012-10-17", "Statement": [plain]}))

    def keep(self, package: Package, *, now: datetime, commit: str) -> None:
        """Upload what is not there yet; the manifest last, so that what has one is whole.

        Raises:
            DeployError: the archive that lies there is not what it is called by.

        """
        s3, at = self.cloud.client("s3"), f"packages/{package.package_id}"
        if package.archive is None:
            return
        key = f"code/{package.code}.zip"
        if not self._has(key):
            s3.upload_file(str(package.archive), self.bucket, key, ExtraArgs=self._extra)
        elif not self._is_true(package.code):
            raise DeployError(
                f"s3://{self.bucket}/{key} no es lo que su nombre dice: alguien lo cambió. No se despliega. Averigüe"
                " quién lo escribió (CloudTrail), guarde esa versión, bórrela y repita."
            )
        if self._has(f"{at}/manifest.json"):
            return
        s3.put_object(**self._own, Key=f"{at}/template.json", Body=minified(package.template))
        if package.inventory is not None and package.inventory.exists():
            s3.upload_file(str(package.inventory), self.bucket, f"{at}/inventory.json", ExtraArgs=self._extra)
        manifest = {
            "package": package.package_id,
            "code": package.code,
            "commit": commit,
            "kept_at": f"{now:%Y-%m-%dT%H:%M:%SZ}",
        }
        s3.put_object(**self._own, Key=f"{at}/manifest.json", Body=minified(manifest))

    def get(self, package_id: str) -> Package:
        """Return a package that was uploaded before.

        Raises:
            DeployError: there is none, or it is not whole.

        """
        known = {one["package"]: one for one in self.manifests()}
        if package_id not in known:
            raise DeployError(f"No hay un paquete {package_id} en {self.bucket}. «packages» los lista.")
        code = str(known[package_id]["code"])
        template = json.loads(self._read(f"packages/{package_id}/template.json"))
        whole = package_id_of(code, template) == package_id and self._has(f"code/{code}.zip") and self._is_true(code)
        if not whole:
            raise DeployError(
                f"El paquete {package_id} no está entero en {self.bucket}: despliegue desde su revisión de git."
            )
        return Package(package_id, template, code)

    def manifests(self) -> list[dict[str, str]]:
        """Return the manifests of what was uploaded, the newest first."""
        pages = self.cloud.client("s3").get_paginator("list_objects_v2").paginate(**self._own, Prefix="packages/")
        keys = [
            one["Key"] for page in pages for one in page.get("Contents", []) if one["Key"].endswith("/manifest.json")
        ]
        found: list[dict[str, str]] = [json.loads(self._read(key)) for key in keys]
        return sorted(found, key=lambda one: one["kept_at"], reverse=True)

    def mark_served(self, package_id: str, now: datetime) -> None:
        """Keep that a package came into service and passed the smoke test."""
        body = minified({"served_at": f"{now:%Y-%m-%dT%H:%M:%SZ}"})
        self.cloud.client("s3").put_object(**self._own, Key=f"packages/{package_id}/{_SERVED}", Body=body)

    def served(self) -> list[str]:
        """Return the ids of the packages that once passed the smoke test in service, the newest upload first."""
        return [one["package"] for one in self.manifests() if self._has(f"packages/{one['package']}/{_SERVED}")]

    def put_body(self, body: bytes) -> str:
        """Keep what CloudFormation is given, and return the address it reads it from."""
        s3, key = self.cloud.client("s3"), f"templates/{hashlib.sha256(body).hexdigest()}.json"
        s3.put_object(**self._own, Key=key, Body=body)
        return f"{s3.meta.endpoint_url}/{self.bucket}/{key}"

    def code_uri(self, package: Package) -> str:
        """Return where the archive lies."""
        return f"s3://{self.bucket}/code/{package.code}.zip"

    def _exists(self) -> bool:
        return _is_there(lambda: self.cloud.client("s3").head_bucket(**self._own))

    def _has(self, key: str) -> bool:
        return _is_there(lambda: self.cloud.client("s3").head_object(**self._own, Key=key))

    def _is_true(self, code: str) -> bool:
        """Read an archive of the bucket, and tell whether it holds what it is called by."""
        with tempfile.TemporaryDirectory() as folder:
            read = Path(folder, "deployment.zip")
            self.cloud.client("s3").download_file(self.bucket, f"code/{code}.zip", str(read), ExtraArgs=self._extra)
            try:
                found = content_hash(read)
            except (zipfile.BadZipFile, zlib.error, EOFError):
                found = ""
        return found == code

    def _read(self, key: str) -> bytes:
        content: bytes = self.cloud.client("s3").get_object(**self._own, Key=key)["Body"].read()
        return content


def _is_there(ask: Callable[[], object]) -> bool:
    try:
        ask()
    except ClientError as error:
        if error.response["Error"]["Code"] in {"404", "NoSuchKey", "NoSuchBucket", "NotFound"}:
            return False
        raise
    return True


def package_id_of(code: str, template: dict[str, Any]) -> str:
    """Return the id of a package."""
    return hashlib.sha256(code.encode() + minified(template)).hexdigest()[:_KEPT]


def commit_of(root: Path = ROOT) -> str:
    """Return the revision of the sources, with a mark where they have changes that no revision has.

    A file that git does not know counts where it would go into the package.
    """
    try:
        revision = _git(root, "rev-parse", "--short=12", "HEAD")
        tracked = _git(root, "status", "--porcelain", "--untracked-files=no")
        packaged = _git(root, "status", "--porcelain", "--untracked-files=all", "--", *_SOURCES)
    except (OSError, subprocess.CalledProcessError):
        return "desconocida"
    return f"{revision}{CHANGED}" if tracked or packaged else revision


def _git(root: Path, *arguments: str) -> str:
    done = subprocess.run(["git", "-C", str(root), *arguments], check=True, capture_output=True, text=True)  # noqa: S607 - the deployer's git
    return done.stdout.strip()


def today() -> datetime:
    """Return the moment of this deployment."""
    return datetime.now(UTC)
