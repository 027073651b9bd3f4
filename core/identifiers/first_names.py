"""First names given in Québec, without accents and in lower case.

For one use: to tell a first name from any other capitalised word when a school and a level stand
beside it (`core.identifiers`). Drawn from names common among children of the last twenty-five
years, of all origins; a name that is missing only means a warning less.
"""

FIRST_NAMES: frozenset[str] = frozenset(
    """
    aaliyah abby abdel abdou abigail adam adele adem adrian adriana adrien agathe ahmed aicha aidan
    aiden aimee aissata alec alex alexa alexandra alexandre alexia alexis alfred ali alice alicia
    alienor alix aliyah alyson alyssa amadou amanda amber amelia amelie amin amina aminata amine
    amir amira amy ana anaelle anais andre andrea andree andrew andy ange angela angele angelique
    angelina angelo anna annabelle anne annie anouk anthony antoine antonin antonio anya arianne
    ariane ariel arielle armand arnaud arthur arya asma assia aubert aubrey audrey audreyanne
    aurelie aurore ava avery axel aya ayman ayoub azalee bastien beatrice beatriz benjamin benoit
    bernard bianca bilal blanche brandon brenda brian brigitte bruno bryan caleb camille camila
    carl carla carlos caroline carolane cassandra catherine cathy cecile cedric celeste celia
    celine chad chanel chantal charlene charles charlie charlotte chelsea chloe chris christian
    christina christine christophe christopher claire clara clarisse claude claudel claudia
    claudie clea clemence clement cloe coralie corinne curtis cynthia dahlia daisy damien dan
    daniel daniela danielle danny daphne daphnee david dayana dean deborah delphine denis diana
    diane diego dina dominic dominique donavan dorian dylan edgar edouard eduardo edward elena
    eleonore eliane elias elie eliot elisa elisabeth elise elizabeth elliot elliott elodie eloi
    eloise elsa emanuel emeraude emile emilie emilien emilio emily emma emmanuel emmanuelle emmy
    emrick enora enzo eric erica erik ernest estelle esteban esther ethan etienne eugenie eva evan
    evangeline eve evelyne fabien fabio fabrice fanny farah fatima fatou fatoumata felicia felix
    fernand filip flavie florence florent francesca francis francois francoise frederic frederica
    frederique gabriel gabriela gabriella gabrielle gael gaelle gaetan gaston genevieve georges
    gerald gerard ghali gilles giulia gregory guillaume gustave guy habib hadrien hailey hajar
    hamza hanae hannah hanna haroun hassan hector helena helene heloise henri henry hicham hind
    hubert hugo ian ibrahim ibrahima ilias ilyes imane imran ines ingrid irene iris isaac isabella
    isabelle isaiah isis ismael israel issa ivan ivy jacinthe jack jackson jacob jacques jade
    jaden jake jakob james jamil jane janelle janie jasmine jason jayden jean jeanne jeannot jeff
    jeffrey jennifer jenny jeremie jeremy jerome jesse jessica jessie jessy jimmy joanie joe joel
    joelle joey johan johanne john jonas jonathan jordan jose josee joseph josephine joshua
    josiane joyce juan judith jules julia juliane juliana julianne julie julien juliette julio
    junior justin justine kaela kamille karel karelle karim karine karl kassandra kate katherine
    kathleen kathy katia katrina kayla keira kelly kelly-ann kelvin ken kenza kenzo kevin khadija
    khalil kiara kim kimberly kloe korallie kyle laeticia laetitia laila lambert lana lara laura
    laurence laurent laurie laurianne laurier layan layla lea leah leandre leane leanne leila lena
    leo leon leona leonard leonie lexie liam lili liliane lilianne lilly lily lina linda lionel
    lisa lise livia logan lois loic lola loralie lorena lorie lou louane louca louis louise
    louka loukas luc luca lucas lucie lucien ludovic luis luka lukas lya lyana lydia mael maelie
    maelle maeva magalie magdalena mahdi maika maimouna malek malia malick malik mamadou manon
    manuel mara maram marc marcel marco margaux margot maria mariam mariama mariane marianne
    marie marika marilou marilyn marine mario marion maripier marissa marjorie marlene martin
    martine marwa mary maryam maryse mateo mathew mathias mathieu mathilde mathis mathys matis
    matteo matthew matthieu maude maurice maverick max maxence maxim maxime maya megan meghan
    mehdi melanie melina melissa melodie mia michael michaela michel michele michelle miguel
    mika mikael mila milan milena milo mina mira miranda miriam moana mohamed mohammed moise
    molly mona monica monique morgan morgane mouhamed moussa muhammad murielle mya myriam nabil
    nada nadia nadine naila naima nancy naomi naomie nassim nataniel natacha natalia natasha
    nathalie nathan nathaniel nayla nelly nelson nesrine nicholas nick nicolas nicole nina noa
    noah noam noami noe noel noelie noemi noemie nolan nora norah nour noura oceane octave odile
    ogechi olga oli olive oliver olivia olivier omar ophelie orlane oscar othman oumar owen
    pablo paloma pamela pascal pascale patrice patricia patrick paul paula paulina pauline pedro
    penelope perrine peter philip philippe philomene pier pierre pierrot precieuse prince quentin
    rachel rachelle rafael rania raoul raphael raphaelle rayan raymond rayane rebecca regis remi
    remy renaud rene renee ricardo richard rita robert robin rodrigo roger roland romain romane
    romeo romy rosalia rosalie rose rosemarie roxane roxanne roy ruby ryan ryad sabrina sacha safa
    said salim salma sam samantha sami samia samir samuel samuelle sandra sandrine santiago sara
    sarah sarah-maude savannah scarlett scott sean sebastian sebastien selena selma seraphin
    serena serge sergio shana shanel shawn shelby sherine sidonie simon simone skye soan sofia
    sofiane sofie solene sonia sophia sophie stacy stella stephane stephanie steve steven suzanne
    sydney sylvain sylvie tania tara tatiana tayler taylor tessa thalie theo theodore therese
    thierry thomas tiffany tim timothe timothy timothee tommy tony trevor tristan tyler ulysse
    valentin valentina valerie vanessa veronique vicky victor victoire victoria victorine vincent
    violette virginie vivianne wassim wendy wesley wilfred will william willow xavier yacine yan
    yanick yanis yannick yasmina yasmine yassine yohan yolande youcef younes youssef ysabelle yvan
    yves yvette yvon zachary zack zakaria zara zayd zeinab zineb zoe zoey
    """.split()  # noqa: SIM905  (a list of words is read better than 700 strings)
)
