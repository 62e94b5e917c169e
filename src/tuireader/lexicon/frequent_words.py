"""Frequent words and typical letters of languages that share the Latin alphabet, for `language`; our own."""

WORDS = {
    "en": "the of and to in is for on that with as it at by from are was be has have this an will not"
    " its but his her their they he she who which were after been more about says said new you"
    " your we our how why what when can could would into over than out up no or if all one first"
    " may now i my these there so just",
    "de": "der die das und in den von zu mit ist im für auf nicht des ein eine dem sich auch es an als"
    " bei nach aus wird werden sind hat wie einen einer einem um am noch war oder nur über vor zum"
    " zur bis durch kann sie er wir ich man mehr gegen haben will soll neue neuen neuer unter"
    " wegen dass aber wenn was so seine seit keine ihre vom ab jahr jahre uhr diese dieser",
    "fr": "le la les de des du et en un une est dans pour que qui sur par au aux avec plus ne pas ce il"
    " se son sa ses sont cette ont été mais ou leur elle nous vous on comme après entre sans fait"
    " deux être ans selon contre tout d l qu n s c j ces avoir même très nouveau nouvelle où dont"
    " ainsi toute toutes tous chaque peut doit doivent leurs ni donc afin lors ceux celle peu"
    " encore moins depuis pendant chez déjà aussi bien faire",
    "es": "el la los las de del y en que un una es se por con para su al lo como más o pero sus no ha"
    " fue ser este esta son entre cuando sobre también hasta desde están años tiene sin dos muy ya"
    " todo nos han hay según contra tras uno otros ante eso así e nuevo nueva toda todas tanto"
    " mientras solo sólo mejor gran era fueron puede pueden hace dijo tienen cada quien donde ni"
    " debe ella ellos cómo qué",
    "it": "il lo la i gli le di del della dei delle dell e è in un una che per con non si da al alla ai"
    " nel nella sono come più ha anche dal dalla sul sulla ma se o suo sua loro questo questa tra"
    " ed fra hanno dopo essere cui anni stato prima due contro ad ci quando nuovo nuova degli dai"
    " nei alle l all nell sull d",
    "pt": "o a os as de do da dos das e em no na nos nas um uma que é para com não por se ao à mais"
    " como foi são sua seu pelo pela também mas ou ser até sobre entre depois após há está tem já"
    " anos muito isso quando dois pode novo nova contra diz ele ela seus suas foram aos às este"
    " esta toda todo todas cada onde nem deve pelos pelas eles num numa disse ainda você nossa"
    " quem",
    "nl": "de het een van en in op is te dat die voor met zijn niet aan er om ook als bij naar uit door"
    " maar over worden wordt heeft hebben nog dan of kan deze werd wel geen tot moet zich hij ze"
    " wat zo tegen jaar nieuwe meer was ik je we zegt na onder kunnen hun dit veel",
    "pl": "i w na z do się nie jest że o to po za od jak a ale dla przez przed oraz są tym który która"
    " które był było ma już co czy może tylko jego jej ich został roku będzie ze także przy między"
    " nad pod gdy tego tej u kto lub więcej nowy nowe proc",
    "sv": "och i att det som en på är av för med den till inte har de om ett han var från vi så kan men"
    " jag sig ska efter också vid nu eller när hade över ut hon under mot skulle än alla bara blir"
    " blev år mer nya säger få får sin sina hur vill andra mellan utan här där",
    "da": "og i at det er en til på som de den af for med ikke der et har han var fra vi så kan men jeg"
    " sig om skal efter også ved nu eller når havde over ud hun under mod vil kun bliver blev år"
    " mere nye siger få får sin hvor hvad mellem uden her være deres end op noget nogen blevet dem"
    " ny mig dig igen dage uge danske dansk gør giver kunne ingen måtte selv mange andre hele ned"
    " frem ind både blandt siden danmark enhver ret thi ej dag",
    "no": "og i at det er en til på som de den av for med ikke et har han var fra vi så kan men jeg seg"
    " om skal etter også ved nå eller når hadde over ut hun under mot vil kun blir ble år mer nye"
    " sier få får sin hvor hva mellom uten her være deres enn opp noe blitt dem ny ha dette ein"
    " ikkje frå eit dei noen meg deg igjen dager uke norske norsk gjør gir kunne ingen måtte selv"
    " mange andre hele ned fram inn både blant siden enhver rett saman norge",
    "fi": "ja on ei se että oli hän mutta ovat kun niin myös kuin tai joka sen jos mukaan ole jo vain"
    " vuoden vielä nyt voi mitä olla hänen ollut sekä jotka tämä siitä kanssa sitä eivät jälkeen"
    " vuonna noin enää miten siksi ennen kaikki uusi uuden yli me he ne tämän sanoo kertoo olisi",
    "tr": "ve bir bu da de için ile çok daha olan olarak ne en gibi kadar var o ancak ama sonra yeni"
    " olduğunu dedi göre her değil ya mi mı ki şu ise iki yıl oldu ilk tarafından üzerinde önce"
    " diye bin büyük son karşı edildi etti nasıl neden yok türkiye",
    "cs": "a v se na je že s z o do to i ve pro za by jsou ale si jako podle při po od které který"
    " která také byl bylo byla už nebo jeho až než mezi před aby jak jen není ze k tak jsme má let"
    " roku bude co více proti však jejich této toho může nový nové",
    "sk": "a v sa na je že s z o do to i vo pre za by sú ale si ako podľa pri po od ktoré ktorý ktorá"
    " aj bol bolo bola už alebo jeho až než medzi pred aby len nie zo k tak sme má rokov roku bude"
    " čo viac proti však ich tejto toho môže nový nové",
    "hu": "a az és hogy is nem egy ez van meg de volt csak már még mint el ki azt után ha szerint"
    " között lesz lehet vagy amely pedig több minden aki ezt ami most sem magyar új első előtt"
    " ellen miatt fel be nagy két éves kell alatt által",
    "ro": "și de în la a cu pe că o din nu este un care pentru se sunt au mai al fi fost după sau prin"
    " ce dar ale lui lor între când dacă iar până această acest ai fără va despre ani le ei cum"
    " unei unui câteva către nou noua noi",
    "ca": "el la els les de del dels i en que un una és per amb a es al als no ha més com se seu seva"
    " són aquest aquesta entre ja també però fins sobre l d s va han o ser quan molt anys dos"
    " sense des segons tot nou nova perquè pel hi",
    "hr": "i u je se na da su za od s a o kako ali ne što koji koja koje biti bi ili iz samo nije više"
    " do kao nakon prema te sve po već bio bila pri između protiv još ima će to godine ovo ove",
    "sl": "in je v na se da so za z ki pa o s ne bi iz kot tudi po do od ni pri bo še več ali če ter"
    " kar lahko bil bila sta zaradi med pred že kako biti leta svoje proti",
    "vi": "và của là có cho các trong được với không một người này những đã khi để từ đến về tại cũng"
    " vào sẽ năm nhiều ra hơn như trên bị theo phải thì đó sau đang nhưng làm tới",
    "id": "dan yang di dengan untuk dari ini pada tidak itu dalam akan adalah ke juga oleh karena telah"
    " bisa ada sudah lebih saat atau kata para tersebut menjadi seperti mereka hari setelah tahun"
    " secara kami bahwa harus hingga baru belum",
    "et": "ja on ei see et oli ta mis kui ka oma aga või ning kes mida selle veel siis juba pärast nii"
    " aasta ma me kuid seda pole enne kõik uus eesti üle nende mille olema peab ütles poolt ole",
    "lv": "un ir ar no par ka uz kas tas bet arī kā lai pēc nav vai gada bija tika pie līdz gan tā viņš"
    " savu pret ko jau šo gadā vēl to būs tikai latvijas",
    "lt": "ir yra kad su iš į apie bet kaip tai už jis jo ne buvo nuo dėl pagal bus po ar tik šis metų"
    " taip jau kurie prie savo lietuvos jų dar per",
    # not told apart, but listed lest they pass for a similar language
    "af": "die van en het in is nie dat te vir met wat op sy word ook om deur hulle na hy aan as ons ek"
    " was kan moet of geen sal enige elke elkeen een alle reg sonder",
    "gl": "o a os as de do da dos das e en no na nos nas un unha que é para con non por se ao á máis"
    " como foi son súa seu polo pola tamén mais ou ser ata sobre entre tres galicia ten toda todo"
    " persoa dereito",
    "az": "və bir bu da də üçün ilə daha çox olan kimi o ki hər isə azərbaycan edir olunur sonra görə"
    " var hüququ malikdir heç",
    "tl": "ang ng sa na mga ay at para may ni si ito hindi kay pang nang kung niya siya bawat lahat tao"
    " isang",
    "is": "og að í á er sem til við um en með ekki það hafa af frá fyrir var eru sé hver maður skal eða"
    " hans þess þeir réttur",
    "fo": "og at í á er sum til við um men ikki hava av frá fyri var eru skal ella rætt hvør menniskja",
    "eo": "la de kaj en al estas por ne kun el pri sur ĉiu kiu oni aŭ rajton havas lia pro tio",
    "lb": "an d' de den déi dat vun fir op ass net mat huet mam wéi och eng sech all dem bei duerch",
    "sw": "na ya wa kwa ni katika za la kuwa au yake kila mtu ana haki hii hiyo cha vya",
    "la": "et in ad est non quod cum qui ut ex omnis aut quae eius sed per homo ius habet",
}
"""Function words by language, the most frequent ones of news first."""

SIMILAR = frozenset(("af", "gl", "az", "tl", "is", "fo", "eo", "lb", "sw", "la"))
"""Languages that are not told apart, which would otherwise pass for others."""

LETTERS = {
    "de": "äöüß",
    "sv": "äöå",
    "fi": "äö",
    "sk": "äôéáíóúľĺŕťďňýčšž",
    "et": "äöüõšž",
    "tr": "öüçâğış",
    "hu": "öüéáíóúőű",
    "es": "ñ¿¡éáíóú",
    "pt": "ãõçàêôâéáíóú",
    "vi": "ãõàùòìêôâáíýđăơư",
    "az": "ə",
    "is": "þð",
    "fo": "ð",
    "fr": "çàèùœêôâîûëïé",
    "ca": "çàèòïéíóú",
    "it": "àèùòìé",
    "ro": "âîășțţ",
    "nl": "ëï",
    "cs": "éáíóúřěůťďňýčšž",
    "pl": "óąęłżźśćń",
    "lt": "ąęčšžūėįų",
    "hr": "ćčšžđ",
    "da": "åøæ",
    "no": "åøæ",
    "sl": "čšž",
    "lv": "čšžāēīūķļņģ",
}
"""Letters beyond a–z by language."""
