"""What an operator can ask for about institutions and keys: a part of the third map."""

from __future__ import annotations

from chalicelib.handlers.operator.command import FLAG, Argument, Command

_ID = Argument("ENTIDAD", "institution", "el identificador de la entidad, como muni-villa-ejemplo", is_required=True)
_KEY = Argument("CLAVE", "key_id", "el identificador de la clave, como 2027-1", is_required=True)
_SHORT = "cómo la llama un SMS donde no cabe su nombre completo, 30 letras a lo más"
_INSTITUTIONS, _KEYS = "operator.sender.institutions", "operator.sender.keys"

# fmt: off
SENDER_COMMANDS = (
    Command("institutions list", "todas las entidades, con su estado", f"{_INSTITUTIONS}:list_all"),
    Command("institutions show", "la configuración de una entidad y sus últimos cambios", f"{_INSTITUTIONS}:show", (_ID,)),
    Command("institutions add", "registra una entidad, que empieza inactiva", f"{_INSTITUTIONS}:add", (
        Argument("--id", "institution", "su identificador: letras minúsculas, números y guiones; no cambia nunca", "ENTIDAD", is_required=True),
        Argument("--name", "line", "el nombre completo, como va en la constancia", "TEXTO", is_required=True),
        Argument("--address", "line", "la dirección, como va en la constancia", "TEXTO", is_required=True),
        Argument("--phone", "line", "el teléfono de atención", "TEXTO", is_required=True),
        Argument("--short-name", "short_name", _SHORT, "TEXTO"),
    ), changes=True),
    Command("institutions set", "cambia los datos de una entidad; lo que no se dice queda igual", f"{_INSTITUTIONS}:change", (
        _ID,
        Argument("--name", "line", "el nombre completo", "TEXTO"),
        Argument("--address", "line", "la dirección", "TEXTO"),
        Argument("--phone", "line", "el teléfono de atención", "TEXTO"),
        Argument("--short-name", "short_name", _SHORT, "TEXTO"),
        Argument("--no-short-name", FLAG, "que el SMS abrevie el nombre completo donde no cabe"),
        Argument("--digest-email", "email", "a qué correo va, los días hábiles, el resumen de alertas que no llegaron", "CORREO"),
        Argument("--no-digest", FLAG, "que no se envíe ese resumen"),
        Argument("--receipt", "receipt", "si la constancia va adjunta a la alerta: attached (sí) o withheld (no)", "QUÉ"),
    ), changes=True),
    Command("institutions state", "activa, suspende o cancela una entidad", "operator.agreement:set_state", (
        _ID,
        Argument("ESTADO", "state", "active (activa), inactive (inactiva) o cancelled (cancelada); solo una activa deposita", is_required=True),
    ), changes=True),
    Command("institutions norm", "fija o retira la norma por la que notifica bajo un régimen", f"{_INSTITUTIONS}:set_norm", (
        _ID,
        Argument("--regime", "regime", "deposit (depósito), acknowledgement (acuse de recibo) o immediate (inmediato)", "RÉGIMEN", is_required=True),
        Argument("--citation", "line", "la norma, como va en la constancia", "TEXTO"),
        Argument("--channels", "channels", "por dónde se debe poder avisar: email,sms (si no se dice), email o sms", "CANALES", beside="--citation"),
        Argument("--default", FLAG, "que sea el régimen de los depósitos que no dicen otro", beside="--citation"),
        Argument("--remove", FLAG, "retira la norma; si era la de siempre, queda el acuse de recibo"),
    ), one_of=("--citation", "--remove"), changes=True),
    Command("institutions hours", "fija el horario de atención de una entidad", f"{_INSTITUTIONS}:set_hours", (
        _ID,
        Argument("--opens", "hour", "a qué hora abre, como 08:00", "HORA"),
        Argument("--closes", "hour", "a qué hora cierra, como 17:00", "HORA", is_required=True, beside="--opens"),
        Argument("--general", FLAG, "que siga el horario general del calendario"),
    ), one_of=("--opens", "--general"), changes=True),
    Command("institutions region", "dice qué días regionales valen para una entidad", f"{_INSTITUTIONS}:set_region", (
        _ID,
        Argument("REGIÓN", "own_region", "como arequipa, o none si ninguna", is_required=True),
    ), changes=True),
    Command("institutions distance", "fija o retira una fila del término de la distancia", f"{_INSTITUTIONS}:set_distance", (
        _ID,
        Argument("--place", "line", "el lugar donde vive el administrado, como Iquitos", "LUGAR", is_required=True),
        Argument("--days", "distance", "cuántos días hábiles se suman, de 0 a 60: 0 es la propia sede", "N"),
        Argument("--norm", "line", "el cuadro que lo dice", "TEXTO", is_required=True, beside="--days"),
        Argument("--remove", FLAG, "retira la fila"),
    ), one_of=("--days", "--remove"), changes=True),
    Command("institutions contact", "fija o retira dónde atiende una entidad sobre un tema", f"{_INSTITUTIONS}:set_contact", (
        _ID,
        Argument("--subject", "line", "el tema, como Licencias", "TEXTO", is_required=True),
        Argument("--desk", "line", "la oficina o área que atiende", "TEXTO"),
        Argument("--phone", "line", "el teléfono", "TEXTO", beside="--desk"),
        Argument("--email", "email", "el correo", "CORREO", beside="--desk"),
        Argument("--hours", "line", "el horario, como lunes a viernes de 8:00 a 16:30", "TEXTO", beside="--desk"),
        Argument("--remove", FLAG, "retira el contacto"),
    ), one_of=("--desk", "--remove"), changes=True),
    Command("institutions colours", "fija los colores de la consola de una entidad", f"{_INSTITUTIONS}:set_colours", (
        _ID,
        Argument("--light", "line", "el de día, como 0056ac", "COLOR"),
        Argument("--dark", "line", "el de noche, como 8ab8f5", "COLOR", is_required=True, beside="--light"),
        Argument("--portal", FLAG, "que tenga los del portal"),
    ), one_of=("--light", "--portal"), changes=True),
    Command("institutions no-emblem", "que la consola de una entidad muestre el emblema del portal", f"{_INSTITUTIONS}:remove_emblem", (_ID,), changes=True),
    Command("keys list", "las claves de una entidad, con su huella y su vigencia", f"{_KEYS}:list_all", (_ID,)),
    Command("keys add", "registra la clave pública con que firma un sistema", f"{_KEYS}:add", (
        _ID,
        Argument("--key-id", "key_id", "cómo se llamará, sin repetir ninguno de antes, como 2027-1", "CLAVE", is_required=True),
        Argument("--public-key", "public_key", "la clave pública Ed25519 o P-256, en PEM o en base64", "CLAVE-PÚBLICA", is_required=True),
        Argument("--from", "day", "primer día en que vale, como 2027-01-01", "DÍA", is_required=True),
        Argument("--until", "day", "último día en que vale", "DÍA", is_required=True),
    ), changes=True),
    Command("keys revoke", "revoca una clave al instante y para siempre", f"{_KEYS}:revoke", (_ID, _KEY), changes=True),
)
# fmt: on
