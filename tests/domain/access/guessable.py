"""What people in Peru and Ecuador choose, written down without a look at any list, and how they dress it up.

None of these words decides what the list holds: they measure it.
"""

from __future__ import annotations

from collections.abc import Iterator

WORDS = {
    "clubs": "Barcelona Emelec Liverpool Alianza Universitario Aucas Cienciano Melgar Juventus Chelsea Boca",
    "places": "Ecuador Guayaquil Quito Cuenca Arequipa Trujillo Miraflores Manabi Galapagos Loja Huancayo Esmeraldas",
    "names": "Alejandra Cristina Esteban Rosario Wilmer Jefferson Maritza Katherine Anthony Valentina Mateo Dayana",
    "surnames": "Zambrano Cedeño Moreira Quispe Mamani Villavicencio Chavez Guerrero Palacios Vera Intriago Espinoza",
    "love": "Teamo Princesa Corazon Miamor Bebita Preciosa Mivida Chiquita Osito Amorcito Hermosa Siempre",
    "faith": "Jesucristo Diosito Virgen Bendecida Milagros Esperanza Angelito Aleluya Salvador Profeta Iglesia",
    "months": "Enero Febrero Diciembre Setiembre Octubre Agosto Domingo Viernes Verano Navidad Invierno Primavera",
    "animals": "Tigrillo Caballo Perrito Gatito Condor Delfin Mariposa Leoncito Conejo Aguila Tortuga Pantera",
    "brands": "Toyota Samsung Chevrolet Netflix Facebook Adidas Ferrari Youtube Playstation Cocacola Honda Yamaha",
    "heroes": "Batman Spiderman Naruto Pokemon Dragonball Superman Minecraft Pikachu Vegeta Goku Messi Neymar",
    "service": "Casilla Notificacion Portal Buzon Usuario Clave Contraseña Password Tramite Gobierno Ministerio",
    "english": "Dragon Sunshine Football Monkey Welcome Shadow Freedom Summer Flower Butterfly Hello Princess",
    "things": "Chocolate Guitarra Estrella Pelota Futbol Cerveza Ceviche Encebollado Helado Zapato Camiseta",
}
"""By kind, as they are written with a capital."""
BLOCKS = (
    "Qwerty123 1qaz2WSX Abcd1234 Asdfgh12 Zxcvbn123 Aa123456 A1b2c3d4 Qwe123456 Poiuyt098 Abc12345 Q1w2e3r4t5 Aaaa1111"
)


def dressed(word: str) -> Iterator[tuple[str, str]]:
    """Yield each dress's name and the word in it; all have a capital, a small letter, a digit and eight signs."""
    leet = word[:1] + word[1:].translate(str.maketrans("aeio", "4310"))
    yield "year", f"{word}2025"
    yield "digits", f"{word}12345"
    yield "sign", f"{word}123!"
    yield "before", f"2024{word}"
    yield "leet", f"{leet}2026"
    yield "twice", f"{word}{word}1"
    yield "cheer", f"Viva{word}25"
    yield "mine", f"Mi{word}2025"
    yield "backwards", f"{word[::-1].capitalize()}2025"
    yield "low dash", f"{word}_2026"
    yield "date", f"{word}12051990"


def all_guessable() -> Iterator[tuple[str, str, str]]:
    """Yield kind, dress and password."""
    for kind, words in WORDS.items():
        for word in words.split():
            yield from ((kind, dress, password) for dress, password in dressed(word))
    yield from (("blocks", "as it is", block) for block in BLOCKS.split())
