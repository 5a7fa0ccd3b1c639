"""Words that passwords in Peru and Ecuador are too often made of, lower-case, without accents or spaces.

What the list of common passwords lacks: places, clubs, dishes, cheers, endearments, and what this service is called.
Compiled for this project from general knowledge (no leaked list was copied); same licence as the project. Decorated
forms (`Peru2026!`, `C0ntrasena1`, `AlianzaLima`) are found by rule, not listed: see `predictable_password`.
"""

from __future__ import annotations

GUESSED_WORDS = frozenset(
    """
    password passwd pass contrasena contrasenia contrasenha clave claves secreto secreta misecreto miclave nuevaclave
    clavenueva claveantigua temporal cambiame cambiar ingreso ingresar acceso entrar entra abrete sesamo abretesesamo
    usuario usuaria user admin administrador root invitado guest test prueba pruebas demo ejemplo sistema login default
    master maestro super superman hola holamundo hello welcome bienvenido bienvenida buenosdias gracias porfavor letmein
    iloveyou teamo tequiero tequieromucho teamomucho teadoro amor amorcito amores miamor miamorcito amormio mivida
    mireina micielo mibebe bebe bebito bebita corazon corazoncito cielo cielito vida vidamia alma besos beso
    princesa principe reina rey linda lindo bonita bonito hermosa hermoso preciosa precioso chiquita chiquito flaca
    flaco gorda gordo gordita gordito negra negro negrita negrito china chino chinita chinito chola cholo cholita
    cholito gringa gringo mama mami mamita mamimami papa papi papito mamapapa papamama mamaypapa familia mifamilia
    hijo hija hijos hijito hijita mihijo mihija mishijos hermano hermana hermanos abuela abuelo abuelita
    abuelito tia tio primo prima sobrino sobrina esposo esposa novio novia enamorado enamorada amigo amiga amigos
    amistad siempre porsiempre siempreamigos juntos nosotros felicidad feliz alegria sonrisa esperanza libertad paz
    fe suerte dinero plata riqueza millonario exito trabajo oficina secretaria gerente contador contabilidad ventas
    dios diosito diosesamor diosteama diosmio diosesfiel jesus jesucristo cristo jesusteama jesusesamor jehova senor
    virgen virgencita santarosa santarosadelima sanmartin sanmartindeporres senordelosmilagros senordeluren bendicion
    bendiciones milagro milagros angel angeles angelito angelita biblia iglesia
    peru peruano peruana peruanos vivaelperu arribaperu soyperuano soyperuana miperu perumiperu patria bandera
    lima callao cusco cuzco arequipa trujillo chiclayo piura iquitos tacna puno juliaca huancayo huanuco huaraz ica
    cajamarca ayacucho apurimac abancay tarapoto pucallpa chimbote tumbes moquegua sullana talara chincha pisco nazca
    nasca ilo jaen moyobamba chachapoyas huancavelica pasco cerrodepasco madrededios puertomaldonado loreto ucayali
    ancash lambayeque lalibertad amazonas junin sanmartinperu miraflores sanisidro barranco surco santiagodesurco
    surquillo lince brena rimac comas ate vitarte chorrillos villaelsalvador sanborja jesusmaria pueblolibre
    magdalena sanmiguel lamolina losolivos independencia carabayllo puentepiedra ventanilla lurin chosica canete huacho
    barranca huaral machupicchu titicaca misti ausangate inca incas inkas inka tahuantinsuyo pachacutec tupacamaru
    atahualpa huascar manco mancocapac inti pachamama condor vicuna llama alpaca quechua aymara
    ceviche cebiche pisco piscosour lomosaltado anticucho pachamanca incakola inkacola causa chicha cuy pollo
    pollito pollada papaalahuancaina arrozconleche mazamorra chocolate canela azucar caramelo
    alianza alianzalima alianzacampeon arribaalianza blanquiazul grone grones aliancista potrillos comandosur
    universitario universitariodedeportes ulos lau crema cremas merengue merengues garra garracrema trincheranorte
    cristal sportingcristal celeste celestes rimense cienciano melgar fbcmelgar boys sportboys rosados rosado
    cesarvallejo ucv cantolao municipal deportivomunicipal sporthuancayo binacional utc atleticograu grau aurich
    juanaurich alianzaatletico cusco fc cuscofc adt comerciantesunidos sullanero seleccion blanquirroja guerrero paolo
    paologuerrero farfan cuevita cueva gareca cubillas chumpitaz lapadula advincula gallese carrillo
    futbol gol golazo campeon campeones tricampeon boca bocajuniors river riverplate barcelona barca realmadrid madrid
    messi leomessi cristiano ronaldo cristianoronaldo neymar maradona pele mbappe
    lunes martes miercoles jueves viernes sabado domingo
    enero febrero marzo abril mayo junio julio agosto septiembre setiembre octubre noviembre diciembre
    primavera verano otono invierno navidad feliznavidad aniversario cumpleanos fiestaspatrias vacaciones
    rojo roja azul verde amarillo amarilla blanco blanca morado rosa rosita naranja violeta dorado gris
    sol soles solecito luna lunita estrella estrellita mar playa rio lluvia flor flores florcita arcoiris mariposa
    perro perrito gato gatito gata gatita conejo osito oso leon tigre lobo aguila caballo delfin pajarito paloma
    firulais boby bobby rocky max toby peluchin pelusa manchas negrita rufo chispita
    maria jose juan luis carlos jorge pedro pablo miguel manuel jesusmanuel ana rosa carmen julia juana luz rosario
    teresa elena silvia patricia claudia gabriela daniela andrea alejandra valeria camila lucia sofia valentina
    fernanda fernando alejandro daniel david diego eduardo enrique francisco gabriel javier joaquin kevin brayan
    bryan jhon john christian cristian ricardo roberto raul ramon sergio victor walter wilmer william cesar alberto
    andres antonio oscar marco marcos martin mario percy edwin elvis freddy henry jaime gloria yolanda maribel
    marisol milagritos katherine katy karla karina jessica jennifer vanessa veronica yesenia estefany stephany
    quispe flores garcia rodriguez lopez mamani sanchez huaman rojas ramirez torres gonzales diaz vargas castillo
    casilla casillaelectronica buzon notificacion notificaciones reniec sunat produce ministerio municipalidad
    gobierno estado gobiernoperu gobpe entidad mesadepartes tramite tramites dni ruc documento expediente
    internet computadora celular telefono facebook whatsapp google gmail gmailcom hotmail hotmailcom outlookcom
    yahoo yahoocom instagram tiktok youtube
    netflix windows microsoft samsung huawei motorola xiaomi iphone android playstation nintendo pokemon pikachu
    goku naruto sasuke dragonball vegeta batman spiderman starwars matrix harrypotter minecraft fortnite
    freefire dota roblox mario zelda
    dragon monkey shadow sunshine football baseball basketball killer hunter ranger tigger buster soccer hockey
    charlie jordan michael jennifer ashley nicole jessica thomas summer winter spring autumn freedom whatever
    trustno secret love lovely princess flower cheese cookie pepper ginger orange purple silver golden diamond
    computer server access abc abcd asd asdf qwe qwer qaz wsx zxc zxcv
    uno dos tres cuatro cinco seis siete ocho nueve diez unodostres ciento mil milagrito
    salsa cumbia huayno marinera rock reggaeton musica cancion guitarra chacalon grupocinco corazonserrano
    agua fuego tierra aire casa micasa hogar carro moto bicicleta avion barco camino puerta ventana llave llaves
    colegio escuela universidad sanmarcos catolica pucp uni cachimbo ingeniero ingeniera doctor doctora abogado abogada
    profesor profesora enfermera policia soldado presidente jefe jefa capitan pirata rambo terminator
    loca loco locura diablo diablito muerte guerra venganza poder fuerte fuerza valiente guerrera invencible
    ecuador ecuatoriano ecuatoriana ecuatorianos mitaddelmundo tricolor latri sucre dolar dolares
    quito guayaquil guayaco cuenca ambato riobamba ibarra loja machala manta portoviejo esmeraldas quevedo babahoyo
    milagro duran samborondon daule latacunga otavalo cayambe sangolqui ruminahui tulcan guaranda azogues tena puyo
    macas zamora nuevaloja lagoagrio coca orellana santodomingo santaelena salinas montanita galapagos pichincha guayas
    azuay manabi tungurahua chimborazo cotopaxi imbabura carchi bolivar canar losrios eloro morona pastaza napo
    sucumbios cotacachi banos vilcabamba playas naranjal pedernales jipijapa montecristi carapungo cumbaya
    emelec csemelec bombillo electrico barcelonasc barcelonaec toreros idolo monumental ligadequito ldu ligaldu albos
    elnacional nacional aucas deportivoquito deportivocuenca independientedelvalle delvalle macara mushucruna
    delfinsc tecnico tecnicouniversitario olmedo orense catolicaec guayaquilcity valencia ennervalencia caicedo
    moisescaicedo hincapie pacho plata antoniovalencia hornado encebollado guatita bolon llapingacho fritada
    locro guaguadepan coladamorada canelazo yapingacho mote chifle patacon churrasco seco sancocho
    liverpool liverpoolfc chelsea arsenal manchester manchesterunited manchestercity tottenham juventus milan inter
    intermilan roma napoli bayern bayernmunich borussia dortmund psg ajax benfica porto atleticomadrid atletico
    sevilla betis villarreal realsociedad athletic racing independiente sanlorenzo velez estudiantes colocolo
    udechile ucatolica penarol nacionaluruguay olimpia cerroporteno libertad flamengo palmeiras corinthians santos
    saopaulo gremio vasco fluminense botafogo america americadecali millonarios atleticonacional junior deportivocali
    chivas pumas tigres rayados cruzazul toluca bolivarlapaz thestrongest carobobo haaland vinicius lewandowski
    bellingham yamal lamine pedri gavi suarez cavani falcao james zidane beckham ronaldinho kaka modric mourinho
    guardiola ancelotti scaloni dibala dimaria dybala lautaro
    argentina bolivia brasil brazil chile colombia venezuela uruguay paraguay mexico panama cuba espana spain italia
    italy francia france alemania germany inglaterra england portugal holanda japon japan china corea canada
    estadosunidos usa america americalatina sudamerica latinoamerica europa africa asia
    bogota medellin cali cartagena caracas santiago valparaiso buenosaires cordoba rosario mendoza montevideo asuncion
    lapaz cochabamba santacruz brasilia riodejaneiro londres london paris newyork miami losangeles tokio tokyo roma
    tacna arica puerto callaoperu limaperu peruylima comasperu villamaria villamariadeltriunfo sanjuandelurigancho
    sjl sanjuandemiraflores santaanita elagustino lavictoria rimaclima chaclacayo cieneguilla pachacamac puntahermosa
    paracas mancora huanchaco chanchan machupichu ollantaytambo colca yanahuara cayma cerrocolorado wanchaq saylla
    tingomaria huancavelicaperu andahuaylas sicuani ayaviri ilave juli azangaro bagua utcubamba yurimaguas requena
    catacaos paita sechura talarena zarumilla ferrenafe monsefu pimentel motupe guadalupe pacasmayo chepen otuzco
    zapatilla zapatillas ventilador mochila lapicero cuaderno pizarra parlante audifonos impresora teclado mouse
    rascacielos murcielago rinoceronte hipopotamo cocodrilo dinosaurio elefante jirafa cangrejo pulpo tiburon ballena
    portal miportal portalciudadano ciudadano ciudadana buzonelectronico electronica electronico notificame
    notificado notificada digital gobiernodigital firma firmadigital peruano expedientes judicial poderjudicial sunarp
    essalud indecopi osiptel ositran sutran satlima onpe jne minsa minedu mef pnp servir midis sernanp oefa
    registrocivil sri iess cne sercop senescyt ministeriopublico fiscalia contraloria
    toyota nissan hyundai honda mazda chevrolet ferrari lamborghini mercedes mercedesbenz volkswagen suzuki yamaha
    kawasaki adidas nike puma cocacola pepsi starbucks mcdonalds amazon apple macbook lenovo toshiba logitech
    cusquena pilsen cristalito pilsener clubverde sublime donofrio gloria leche inka
    nomeacuerdo nolose noseque noolvides olvidalo olvide ninguna ninguno nada todo cualquiera igual mismo misma
    """.split()  # noqa: SIM905 - hundreds of quoted words would be no easier to read
)

AFFIXES = tuple(
    sorted(
        """
        el la los las un una mi mis tu tus su yo de del al con por para en soy eres somos amo ama amas teamo tequiero
        adoro teadoro odio viva vivan vivael vivala arriba vamos dale fuerza forza aguante hola querido querida mejor
        gran super santa santo san don the my love ilove iloveyou iam hello big new fc cf sc cd fbc club deportivo real
        """.split(),  # noqa: SIM905 - as above
        key=len,
        reverse=True,
    )
)
"""What is put before a word without making it harder to guess, the longest first."""
