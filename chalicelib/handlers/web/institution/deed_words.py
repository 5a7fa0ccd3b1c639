"""What the pages of the staff say before something is done to a person."""

from __future__ import annotations

DEED_HEADINGS = {
    "deshabilitar": "¿Deshabilitar a {}?",
    "habilitar": "¿Habilitar a {}?",
    "restablecer": "¿Restablecer el acceso de {}?",
    "reenviar": "¿Enviar otra vez el enlace a {}?",
    "quitar": "¿Quitar a {}?",
}
DEED_BUTTONS = {
    "deshabilitar": "Deshabilitar",
    "habilitar": "Habilitar",
    "restablecer": "Enviar el enlace",
    "reenviar": "Enviar el enlace",
    "quitar": "Quitar",
}
DEED_EXPLAINED = {
    "deshabilitar": "No podrá ingresar desde su siguiente paso. Lo que hizo queda a su nombre. Puedes habilitarlo otra"
    " vez cuando quieras.",
    "habilitar": "Podrá ingresar otra vez con la contraseña y la aplicación que tenía. Si aún no activó su acceso,"
    " envíale después otro enlace.",
    "restablecer": "Sus sesiones se cierran y lo que perdió deja de servir. Le llega un enlace a su correo, que le pide"
    " también lo que conserva. Si perdió las dos cosas, quítalo e inscríbelo de nuevo.",
    "reenviar": "El enlace que le enviaste antes deja de servir.",
    "quitar": "No podrá ingresar. Lo que hizo queda a su nombre. Para que vuelva habrá que inscribirlo de nuevo.",
}
