"""Common misspellings of English words, each with the right spelling.

None is a word of its own, or right in Britain or America. Words whose right spelling
differs there are not among them.
"""

from __future__ import annotations

_LIST = """
    whats:what's thats:that's doesnt:doesn't didnt:didn't isnt:isn't wasnt:wasn't arent:aren't
    couldnt:couldn't shouldnt:shouldn't wouldnt:wouldn't hasnt:hasn't havent:haven't theres:there's
    abandonned:abandoned abbout:about abreviation:abbreviation absense:absence absorbtion:absorption
    abundent:abundant accademic:academic accellerate:accelerate accesible:accessible
    accidentaly:accidentally accomodate:accommodate accomodation:accommodation accross:across
    accuratly:accurately acheive:achieve acheived:achieved acheivement:achievement acknowlege:acknowledge
    acomplish:accomplish acording:according acquaintence:acquaintance acquisiton:acquisition
    adition:addition aditional:additional adress:address adressed:addressed advantagous:advantageous
    agression:aggression agressive:aggressive algorithim:algorithm algoritm:algorithm allready:already
    alltogether:altogether alot:a·lot alphabeticaly:alphabetically amature:amateur ammount:amount
    analagous:analogous anaylsis:analysis ancester:ancestor apparant:apparent apparantly:apparently
    appearence:appearance appropiate:appropriate aproach:approach aproximate:approximate
    aproximately:approximately aquire:acquire aquired:acquired arbitary:arbitrary
    architechture:architecture arguement:argument assasin:assassin assasinated:assassinated
    assistence:assistance assosiated:associated asymetric:asymmetric atempt:attempt athiest:atheist
    attatch:attach attendence:attendance availible:available avalable:available awfull:awful
    bacause:because backgroud:background basicly:basically beacuse:because becasue:because
    becomming:becoming becuase:because beggining:beginning begining:beginning beleif:belief
    beleive:believe beleived:believed benifit:benefit beteen:between betwen:between boundry:boundary
    buisness:business calcualte:calculate calculater:calculator carefull:careful carribean:Caribbean
    catagory:category catergory:category celcius:Celsius cemetary:cemetery changable:changeable
    charachter:character characterstic:characteristic charactor:character cheif:chief childern:children
    choosen:chosen cirle:circle cirumstance:circumstance collegue:colleague comming:coming
    commision:commission commited:committed committment:commitment commmon:common commonely:commonly
    comparision:comparison compatability:compatibility compatable:compatible compleatly:completely
    completly:completely concious:conscious conciousness:consciousness condidtion:condition
    consciencious:conscientious consistancy:consistency continous:continuous continously:continuously
    contributer:contributor controled:controlled controlls:controls controvercial:controversial
    contruct:construct convertable:convertible cooresponding:corresponding curiousity:curiosity
    decribe:describe definate:definite definately:definitely definatly:definitely definiton:definition
    defintion:definition delimeter:delimiter descision:decision desease:disease desicion:decision
    desireable:desirable desparate:desperate destory:destroy develope:develop developement:development
    developped:developed diferent:different differnt:different diffrence:difference diffrent:different
    dificult:difficult dilemna:dilemma diminsh:diminish diphtong:diphthong disapear:disappear
    disapeared:disappeared disapoint:disappoint disasterous:disastrous discribe:describe
    disipate:dissipate dissapear:disappear dissapoint:disappoint distrubution:distribution
    ditribution:distribution drasticaly:drastically dupicate:duplicate ecomonic:economic
    effeciency:efficiency efficent:efficient eigth:eighth embarass:embarrass embarassing:embarrassing
    enviroment:environment enviromental:environmental environement:environment equilibruim:equilibrium
    equiped:equipped equivalant:equivalent equivelant:equivalent especialy:especially
    essentialy:essentially evidentally:evidently exagerate:exaggerate excellant:excellent
    excercise:exercise exellent:excellent existance:existence expecially:especially expence:expense
    experiance:experience experiement:experiment explaination:explanation explanitory:explanatory
    explantory:explanatory exteme:extreme extremly:extremely facinating:fascinating familar:familiar
    farenheit:Fahrenheit febuary:February finaly:finally flourescent:fluorescent foriegn:foreign
    foward:forward freind:friend frequencey:frequency frequenty:frequently fundemental:fundamental
    funtion:function futher:further garantee:guarantee gaurantee:guarantee generaly:generally
    goverment:government governer:governor gratefull:grateful greatful:grateful guidence:guidance
    happend:happened happenning:happening harrass:harass heigth:height heirarchy:hierarchy
    hierachy:hierarchy higly:highly homogenious:homogeneous humerous:humorous hygeine:hygiene
    hypocracy:hypocrisy hypotesis:hypothesis idenity:identity identicial:identical imediate:immediate
    imediately:immediately immediatly:immediately implemention:implementation implemetation:implementation
    importent:important incidently:incidentally indepedent:independent independance:independence
    independant:independent indispensible:indispensable infered:inferred influencial:influential
    inital:initial initialy:initially inteligence:intelligence intelligance:intelligence
    intermitent:intermittent interpretion:interpretation interupt:interrupt intial:initial
    intresting:interesting irrelevent:irrelevant irresistable:irresistible knowlege:knowledge
    labratory:laboratory langauge:language lenght:length lengthes:lengths liason:liaison libary:library
    likelyhood:likelihood maintainance:maintenance maintenence:maintenance managment:management
    mathematicaly:mathematically mathmatics:mathematics mayority:majority meaninng:meaning
    mechanim:mechanism medeival:medieval mediteranean:Mediterranean memmory:memory millenium:millennium
    minature:miniature mischievious:mischievous mispell:misspell mispelled:misspelled
    misterious:mysterious monestary:monastery mountian:mountain multipled:multiplied naturaly:naturally
    neccesary:necessary neccessarily:necessarily neccessary:necessary necesary:necessary
    negligable:negligible negociate:negotiate nineth:ninth noticable:noticeable noticably:noticeably
    nuetral:neutral obsticle:obstacle occasionaly:occasionally occassion:occasion
    occassionally:occasionally occurance:occurrence occured:occurred occurence:occurrence
    occuring:occurring occurrance:occurrence omited:omitted ommit:omit ommitted:omitted oposite:opposite
    oppurtunity:opportunity optimial:optimal orginal:original orginally:originally origional:original
    oscilate:oscillate overide:override paralel:parallel parallell:parallel paramater:parameter
    paramter:parameter parliment:parliament particulary:particularly passtime:pastime peice:piece
    penninsula:peninsula percieve:perceive percieved:perceived permanant:permanent permenant:permanent
    permissable:permissible perpendiculer:perpendicular pharoah:pharaoh phenomenom:phenomenon
    phenonmenon:phenomenon philisophy:philosophy physicaly:physically plagerism:plagiarism
    plausable:plausible playright:playwright politican:politician portugese:Portuguese
    posession:possession posible:possible possesion:possession potatos:potatoes practicaly:practically
    preceed:precede preceeding:preceding precense:presence precice:precise preferance:preference
    prefered:preferred preperation:preparation prescence:presence prevelant:prevalent primative:primitive
    principaly:principally privelege:privilege priviledge:privilege probabilty:probability
    probaly:probably proccess:process proceedure:procedure profesion:profession professer:professor
    proffesional:professional pronounciation:pronunciation propoganda:propaganda propogate:propagate
    protien:protein psuedo:pseudo psycology:psychology quantitiy:quantity questionaire:questionnaire
    radious:radius realy:really reccomend:recommend recieve:receive recieved:received reciever:receiver
    recomend:recommend recommed:recommend recuring:recurring recurrance:recurrence redundent:redundant
    refered:referred refering:referring referrence:reference regulary:regularly relativly:relatively
    relevent:relevant religous:religious remeber:remember remembrence:remembrance repetion:repetition
    repitition:repetition represention:representation reproducable:reproducible resistence:resistance
    resonable:reasonable resourse:resource responsability:responsibility responsibile:responsible
    resposible:responsible restaraunt:restaurant restraunt:restaurant rythm:rhythm sacrafice:sacrifice
    salery:salary satelite:satellite sattelite:satellite scedule:schedule scientfic:scientific
    secratary:secretary seige:siege sensable:sensible sentance:sentence seperate:separate
    seperated:separated seperately:separately seperation:separation sequencially:sequentially
    severly:severely shoudl:should signficant:significant significent:significant similarily:similarly
    similiar:similar simillar:similar simultanous:simultaneous simultanously:simultaneously
    sincerly:sincerely sovereignity:sovereignty specificaly:specifically specifiy:specify spectum:spectrum
    spermatazoa:spermatozoa statment:statement strenght:strength strenghten:strengthen stucture:structure
    succesful:successful succesfully:successfully succesion:succession successfull:successful
    sucess:success sucessful:successful suffcient:sufficient sufficent:sufficient supress:suppress
    suprise:surprise suprising:surprising surounding:surrounding surveilance:surveillance
    susceptable:susceptible symetric:symmetric symetry:symmetry synchronus:synchronous
    syncronous:synchronous technolgy:technology tecnology:technology temperment:temperament
    temperture:temperature tempreature:temperature tendancy:tendency therory:theory thier:their
    thourough:thorough threshhold:threshold throught:through tomatos:tomatoes tommorow:tomorrow
    tommorrow:tomorrow tounge:tongue transfered:transferred transfering:transferring
    transistion:transition transmited:transmitted truely:truly turbulance:turbulence twelth:twelfth
    tyrany:tyranny umberella:umbrella underlieing:underlying undesireable:undesirable
    unecessary:unnecessary unforseen:unforeseen unfortunatly:unfortunately uniqe:unique
    univeristy:university unneccessary:unnecessary untill:until usally:usually usefull:useful
    usualy:usually vaccum:vacuum vaccuum:vacuum valuble:valuable varable:variable varaible:variable
    varient:variant vegatable:vegetable vehical:vehicle verison:version vertial:vertical visable:visible
    vulnerible:vulnerable wellfare:welfare wheras:whereas whereever:wherever wich:which wierd:weird
    withold:withhold writen:written writting:writing yeild:yield yeilds:yields
"""
_PAIRS = dict(pair.replace("·", " ").split(":") for pair in _LIST.split())

#: The right spelling by the wrong one, in lower case, with the forms in -s and -d.
MISSPELLINGS: dict[str, str] = {
    wrong + ending: right + ending
    for ending in ("", "s", "d")
    for wrong, right in _PAIRS.items()
    if not ending
    or (ending == "s" and not wrong.endswith(("s", "y", "h")) and not right.endswith(("s", "y", "h")))
    or (ending == "d" and wrong.endswith("e") and right.endswith("e"))
}
