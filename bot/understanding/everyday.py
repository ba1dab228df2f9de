"""Everyday words, folded, that give a language away among those of the same script.

Chosen by hand from the words that, in the example questions, (nearly) only one of the languages has.
"""

# script -> language -> words
EVERYDAY: dict[str, dict[str, str]] = {
    "latin": {
        "de": """ich und ist der das mein meine habe wie mit gibt muss eine wo ein wenn einen mich mir
            auch nach darf von machen bei aus noch wer zum nur welche sie beim brauche vom jetzt aber
            bekommen mochte ohne kein kostet sohn seit sind schon zwei wann kinder viel soll haben mehr
            weil etwas hallo bitte danke nicht""",
        "en": """my for the and to can it with what no from how they which who or of get not have where
            there this does must want only come are work now take people need since wife too any after
            before us without paper old has all by child she help back two give husband that wants
            please hello thanks is at your you we he""",
        "fr": """est je pour mon un et ou que qui il les au comment ca peut dans avec moi peux mois
            combien des quoi ils mes faire faut suis ici fait sans plus avoir sur quel depuis demande
            elle chez femme rien veut fils asile quand aller droit trop avant donne dois svp koi mais
            bonjour merci la une cette""",
        "ku": """ji min ez li bo heye ci xwe dikarim cawa bikim re kijan em dixwazim dive niha dike dibe
            heta nu ser eger ew bidim dixwaze vir pisti tune wi zarokan dibeje kengi bibim keca yek jina
            ber roj kes winda dest pir nikarim zaroke bibe qebul ciqas nizanim kirin silav spas ye gelo
            kar hez""",
        "so": """ah karaa oo aan ayaan ayaa waa waan ii sidee iyo iga soo xaggee lagu lacag ayay mise
            baan ayuu baa yaa ee laga yahay qof loo tahay wax shaqo lacagta imisa inaan haddii waxaan
            heli kara jiraa kale rabaa guriga bay warqad hadda wuu waxay yar walba maxaan maxaa cusub
            weli jirtaa immisa fadlan mahadsanid salaan""",
        "sq": """per dhe nuk kam eshte qe nga duhet mund jam nje kush cfare apo marr pune kur nese vetem
            bej prej ndihme edhe pare djali muaj shkoj cdo ketu zyra dua shkolle kjo ime falas paguan
            gjej kujt kerkoj qysh kemi merr vjen shqip shume mos pershendetje faleminderit ku ka te si""",
        "tr": """mi icin var mu bir nasil hangi miyim yok diye kim istiyorum geldi kadar nereye burada
            okul yardim gun nerede cocuk nereden gerekiyor bana yeni evde beni sonra oldu sey onun ile
            cok varmi ne nedir kizim kime alabilir merhaba tesekkurler lutfen benim""",
        # Languages with another script, typed in Latin letters.
        "ar": """ana enta enti nehna kif keef kifak shu sho shou wein fein feen lesh leish aysh badi
            bedi biddi bidi beddi bado mesh msh mush mafi lezem halla2 hallak marhaba yalla inshallah
            samaht momken mumkin yalli kteer ktir aw lal bel shi sheghel shoghol iqame hayda hadi wella
            balash sa3edni ayna kayfa uridu urid orid hinak fini fik zawji zawjti ibni benti binti
            awladi walad lajeen almania hiye howe shaher khayef awal jensiye mostashar madrase marti
            leil yekhdo wlad kalam jdid heik sakan byakhod turkia moshkle ahli mortabit mortarjem
            mtarjem souriya dokkan dorous ghorfe fatoura siwa2a lougha betkallef khasa ta3allom salam el
            fi men bi""",
        "fa": """mikham mikhaham mekhaham mekhaom mekhayam khane khana chetor chetori chejuri chegune
            koja kojast kojas baraye beram borom konam konom konim kard karda shode shoda mishe nemishe
            nadaram daram darom dara mitunam mitoonam metanom nemitunam hast nist begiram begirom lotfan
            komak chikar zaban kelas pool bacham bache bachem hastam astom madrak panahande panahanda
            chand migan begid bedam bedom umadam amadam mekonom mikonam nemidunam ra dar che chie baz
            mikona gom amad edare khune darkhast kodum kodom bayad khoda aval nadadan mosahebe mitarsam
            khaste bezanam konin kafi sherkat nafar taze baray az chi ro ham salam""",
        "ps": """zma zama gwaram ghwaram ghwarum sanga tsanga wakram wakrom warkram cherta chirta sumra
            shta nishta nasta yam lram laram larsham kawom kawal kawam kram mashom mashum dapara kegi
            kigi kawi ghwari gwari dalta raghale raghle tasi zmong mung khpal paise zda zoy rakai shawe
            khabare kraya bachi akhlam khat mashwara ustaz malgari zhwand wrak warsham pohegam likal
            lapara khabar mariz malgare zhaba pa""",
        "ru": """kak gde mozhno mojno nuzhno nado kuda skolko kogda pochemu chto shto eto dlya ili mne
            menya pozhaluysta pozhalujsta spasibo zdravstvuyte privet hochu khochu rebenok rebenka
            pomogite zapisatsya kvartiru germanii germaniyu kto kakie kakoy bezhencev besplatno esli
            vracha pismo dengi zdes tolko moy prishlo stoit platit potomu zhivu ochen iz za delat domoy
            drugoy poteryal dayut russkom nomer bolit bolshe vzyat srochno nuzhen rabotal ya na po u""",
        "uk": """yak mene meni treba potribno skilky mozhna chomu shcho scho tse dyakuyu dobryi
            dopomozhit dopomohty dopomoha dytyna dytyny dytynu kudy koly chy hto khto zrobyty robyty
            otrymaty podaty koshtuye hroshi dzvonyty likar vdoma dodomu bezkoshtovno vziaty vzyaty
            nemaye pratsyuvaty dokumenty vyhidni nimetskoyu nimetskoi rokiv yaki yakyi bolyt mozhu
            bilshe zhyty zhinka cholovik komu shkoli napysaty roboty chytaty vid ya na z u""",
        "ti": """nay kemey entay intay abey kndey kindey gin aleku aleni alena yelen yelon delye ydeli
            nab ndabey genzeb yebleyn hagez kgebr kkeyd kmeles ykel ayenay amet srah bejaka mekina
            debdabe kab gualey meas hakim metsiuni tegodiu selkyatni hiwet tgrna mkhri alo""",
    },
    "arabic": {
        "ar": """وين كيف علي هل في عندي بدي ولا اذا وما شنو عم ابني كل معي الي يوم فيني وانا عليه مع عن
            لان اكو حدا عند وبدي هون يصير لاني مكان مرتي عني شو هو هي التي الذي من انا نحن السلام عليكم
            شكرا ممكن ليش هلق ايش""",
        "fa": """از كنم ره است كجا ميشه براي با رو پول چند ميكنه دارم ماه داره كدام تا كلاس خانه برم هست
            شده چطور بگيرم روز ميتونم شد يه كمك ميدن نيست بچه ايا سال ميكنن اينجا زبان جاي ميخوام پيش
            چيه ندارم بدم ميترسم گرفته كنيم همه اس كسي ديگه ميكنم دگه استم كجاست ميتانم دارد شوهرم كرده
            هنوز در را اين ان من سلام لطفا ممنون""",
        "ps": """د په ته يي له يم لپاره څه كوم څنگه پيسي كيږي شم شته چيرته خو غواړم كور زه وايي وي اوس
            سره كړم وكړم كوي كړي څو لري ماشوم تر لرم زما دا راغلي نوي كومه ځاي راته هغه يوازي ډاكټر نوم
            غواړي رانه مرسته داسي وړيا دلته نشته كلن مياشتي يوه ژبه ژبي زموږ مننه مي دي شي كي وو لاسليك""",
    },
    "cyrillic": {
        "ru": """ли как что или где можно меня есть сколько мне кто если от это какие из надо нет делать
            получить его он только могу чтобы мои теперь лет деньги еще дают нужен может стоит после
            здесь бесплатно нужно тоже работу месяц германии сделать ни дает и в привет спасибо
            пожалуиста здравствуите""",
        "uk": """чи що як скільки хто треба мене якщо це мені від коли гроші вже отримати може якии
            робити щоб иого після які років коштує чоловік хоче зі місяць ще допомога вона боюся дитина
            подати маю німецькоі дають але дітьми міи приишов взяти роботу і та де не веде приходе
            привіт дякую будь ласка є бо шо""",
    },
}
