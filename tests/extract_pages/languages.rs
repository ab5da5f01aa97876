//! One page of our own in each of many languages: the text stays whole, the furniture in the language goes, and title,
//! author and date are found.

use newsdesk::extract::{Context, extract};
use url::Url;

struct Page {
    lang: &'static str,
    title: &'static str,
    byline: &'static str,
    author: &'static str,
    heading: &'static str,
    paragraphs: [&'static str; 5],
    /// Share label, related label and headline, most read label and headline, newsletter, comments, notice of rights.
    furniture: [&'static str; 8],
}

const PAGES: &[Page] = &[
    Page {
        lang: "de",
        title: "Stadt am Fluss baut neuen Pegel",
        byline: "Von Anna Müller, 5. Dezember 2025",
        author: "Anna Müller",
        heading: "Was beschlossen wurde",
        paragraphs: [
            "Der Rat der Stadt am Fluss hat am Freitag beschlossen, im Frühjahr einen neuen Pegel zu bauen, nachdem der alte zweimal ausgefallen war.",
            "Die Kosten von zwei Millionen Euro tragen Stadt und Land je zur Hälfte, wie der Bürgermeister nach der Sitzung im alten Saal sagte.",
            "„Wir haben acht Jahre über Zentimeter gestritten, und heute haben wir uns auf ein Lineal geeinigt“, sagte die Leiterin des Amtes für Wasser.",
            "Die Bauern am unteren Lauf verloren in der Dürre des vergangenen Jahres ein Drittel ihrer Ernte und hatten seither eine Regel verlangt.",
            "Bis der neue Pegel steht, gelten die Messungen der Hochschule, die jeden Morgen um sechs Uhr veröffentlicht werden.",
        ],
        furniture: [
            "Teilen",
            "Lesen Sie auch",
            "Dürre kostet ein Drittel der Ernte",
            "Meistgelesen",
            "Zehn Wege an der alten Mauer",
            "Newsletter abonnieren",
            "Kommentare",
            "Alle Rechte vorbehalten",
        ],
    },
    Page {
        lang: "el",
        title: "Η πόλη στο ποτάμι χτίζει νέο μετρητή",
        byline: "Της Μαρίας Παπαδοπούλου, 5 Δεκεμβρίου 2025",
        author: "",
        heading: "Τι αποφασίστηκε",
        paragraphs: [
            "Το συμβούλιο της πόλης στο ποτάμι αποφάσισε την Παρασκευή να χτίσει την άνοιξη έναν νέο μετρητή, αφού ο παλιός χάλασε δύο φορές.",
            "Το κόστος των δύο εκατομμυρίων ευρώ θα μοιραστούν η πόλη και το κράτος, είπε ο δήμαρχος μετά τη συνεδρίαση στην παλιά αίθουσα.",
            "«Οκτώ χρόνια μαλώναμε για εκατοστά, και σήμερα συμφωνήσαμε σε έναν χάρακα», είπε η διευθύντρια της υπηρεσίας υδάτων.",
            "Οι αγρότες στην κάτω κοίτη έχασαν το ένα τρίτο της σοδειάς τους στην περσινή ξηρασία και ζητούσαν από τότε έναν κανόνα.",
            "Ώσπου να στηθεί ο νέος μετρητής, ισχύουν οι μετρήσεις του πανεπιστημίου, που δημοσιεύονται κάθε πρωί στις έξι.",
        ],
        furniture: [
            "Κοινοποίηση",
            "Διαβάστε επίσης",
            "Η ξηρασία πήρε το ένα τρίτο της σοδειάς",
            "Δημοφιλή",
            "Δέκα διαδρομές στο παλιό τείχος",
            "Εγγραφείτε στο newsletter",
            "Σχόλια",
            "Με επιφύλαξη παντός δικαιώματος",
        ],
    },
    Page {
        lang: "ru",
        title: "Город на реке построит новый водомер",
        byline: "Автор: Анна Петрова, 5 декабря 2025",
        author: "Анна Петрова",
        heading: "Что решено",
        paragraphs: [
            "Совет города на реке решил в пятницу построить весной новый водомер, после того как старый дважды вышел из строя.",
            "Расходы в два миллиона рублей город и область разделят поровну, сказал глава города после заседания в старом зале.",
            "«Восемь лет мы спорили о сантиметрах, а сегодня договорились о линейке», — сказала начальница управления водного хозяйства.",
            "Крестьяне в низовьях потеряли в прошлогоднюю засуху треть урожая и с тех пор требовали единого правила для всех.",
            "Пока новый водомер не построен, действуют измерения университета, которые публикуют каждое утро в шесть часов.",
        ],
        furniture: [
            "Поделиться",
            "Читайте также",
            "Засуха забрала треть урожая",
            "Популярное",
            "Десять прогулок вдоль старой стены",
            "Подписаться на рассылку",
            "Комментарии",
            "Все права защищены",
        ],
    },
    Page {
        lang: "pl",
        title: "Miasto nad rzeką zbuduje nowy wodowskaz",
        byline: "Autor: Anna Kowalska, 5 grudnia 2025",
        author: "Anna Kowalska",
        heading: "Co postanowiono",
        paragraphs: [
            "Rada miasta nad rzeką postanowiła w piątek, że wiosną zbuduje nowy wodowskaz, po tym jak stary dwa razy zawiódł.",
            "Koszty w wysokości dwóch milionów złotych poniosą po połowie miasto i państwo, powiedział burmistrz po obradach w starej sali.",
            "„Osiem lat kłóciliśmy się o centymetry, a dzisiaj zgodziliśmy się na jedną linijkę”, powiedziała szefowa urzędu do spraw wody.",
            "Rolnicy z dolnego biegu stracili podczas zeszłorocznej suszy trzecią część plonów i od tego czasu domagali się wspólnej zasady.",
            "Dopóki nowy wodowskaz nie stanie, obowiązują pomiary uczelni, które są ogłaszane każdego ranka o godzinie szóstej.",
        ],
        furniture: [
            "Udostępnij",
            "Czytaj także",
            "Susza zabrała trzecią część plonów",
            "Popularne",
            "Dziesięć spacerów wzdłuż starego muru",
            "Zapisz się do newslettera",
            "Komentarze",
            "Wszelkie prawa zastrzeżone",
        ],
    },
    Page {
        lang: "zh",
        title: "河边城市将建新水位计",
        byline: "2025年12月5日 09:12 作者：王小明",
        author: "王小明",
        heading: "会议决定了什么",
        paragraphs: [
            "河边城市的市议会周五决定，在旧水位计两次失灵之后，将于明年春天修建一座新的水位计，以便上下游都能看到同样的读数。",
            "市长在旧大厅举行的会议结束后表示，两百万元的费用由市里和省里各承担一半，工程预计在三个月之内完成。",
            "“我们为几厘米争论了八年，今天终于就一把尺子达成了一致。”水务局局长在仪式结束后对在场的人们这样说道。",
            "去年大旱期间，下游的农民损失了三分之一的收成，从那时起他们就一直要求有一个对所有人都适用的规则。",
            "在新水位计建成之前，大学每天早上六点公布的测量结果对双方都有约束力，任何一方都不得另行测量。",
        ],
        furniture: [
            "分享",
            "相关阅读",
            "大旱夺走三分之一的收成",
            "热门文章",
            "沿着老城墙的十条散步路线",
            "订阅我们的电子报",
            "评论",
            "版权所有",
        ],
    },
    Page {
        lang: "es",
        title: "La ciudad del río construirá un nuevo medidor",
        byline: "Por Ana Gómez, 5 de diciembre de 2025",
        author: "Ana Gómez",
        heading: "Lo que se acordó",
        paragraphs: [
            "El ayuntamiento de la ciudad del río decidió el viernes construir en primavera un nuevo medidor, después de que el viejo fallara dos veces.",
            "Los costes de dos millones de euros se reparten a medias entre la ciudad y el Estado, dijo el alcalde tras la sesión en la vieja sala.",
            "«Durante ocho años discutimos por centímetros, y hoy nos hemos puesto de acuerdo en una regla», dijo la directora de la oficina del agua.",
            "Los campesinos del curso bajo perdieron un tercio de su cosecha en la sequía del año pasado y pedían desde entonces una norma.",
            "Hasta que el nuevo medidor esté en pie valen las mediciones de la universidad, que se publican cada mañana a las seis.",
        ],
        furniture: [
            "Compartir",
            "Lea también",
            "La sequía se llevó un tercio de la cosecha",
            "Lo más leído",
            "Diez paseos por la vieja muralla",
            "Suscríbete al boletín",
            "Comentarios",
            "Todos los derechos reservados",
        ],
    },
    Page {
        lang: "fr",
        title: "La ville du fleuve construira une nouvelle jauge",
        byline: "Par Anne Martin, 5 décembre 2025",
        author: "Anne Martin",
        heading: "Ce qui a été décidé",
        paragraphs: [
            "Le conseil de la ville du fleuve a décidé vendredi de construire au printemps une nouvelle jauge, après que l'ancienne est tombée deux fois en panne.",
            "Les coûts de deux millions d'euros sont partagés par moitié entre la ville et l'État, a dit le maire après la séance dans la vieille salle.",
            "« Pendant huit ans nous nous sommes disputés pour des centimètres, et aujourd'hui nous sommes d'accord sur une règle », a dit la directrice de l'eau.",
            "Les paysans du cours inférieur ont perdu un tiers de leur récolte dans la sécheresse de l'an dernier et demandaient depuis une règle commune.",
            "Jusqu'à ce que la nouvelle jauge soit debout, les mesures de l'université font foi, qui sont publiées chaque matin à six heures.",
        ],
        furniture: [
            "Partager",
            "Lire aussi",
            "La sécheresse a pris un tiers de la récolte",
            "Les plus lus",
            "Dix promenades le long du vieux mur",
            "Abonnez-vous à la newsletter",
            "Commentaires",
            "Tous droits réservés",
        ],
    },
    Page {
        lang: "ko",
        title: "강변 도시, 새 수위계를 세운다",
        byline: "2025년 12월 5일",
        author: "",
        heading: "무엇이 결정되었나",
        paragraphs: [
            "강변 도시의 시의회는 금요일 낡은 수위계가 두 차례 고장 난 뒤 내년 봄에 새 수위계를 세우기로 결정했다고 밝혔다.",
            "시장은 옛 회의장에서 열린 회의가 끝난 뒤 이백만 유로의 비용을 시와 국가가 절반씩 부담한다고 기자들에게 말했다.",
            "“우리는 팔 년 동안 몇 센티미터를 두고 다투었고 오늘 하나의 자에 합의했다”고 수자원국의 국장이 행사 뒤에 말했다.",
            "하류의 농민들은 지난해 가뭄으로 수확의 삼분의 일을 잃었으며 그때부터 모두에게 적용되는 규칙을 요구해 왔다.",
            "새 수위계가 세워질 때까지는 매일 아침 여섯 시에 공개되는 대학의 측정값이 양쪽 모두에게 구속력을 가진다.",
        ],
        furniture: [
            "공유",
            "관련 기사",
            "가뭄이 수확의 삼분의 일을 앗아 갔다",
            "많이 본 기사",
            "옛 성벽을 따라 걷는 열 가지 길",
            "뉴스레터 구독",
            "댓글",
            "저작권자 무단 전재 금지",
        ],
    },
    Page {
        lang: "ja",
        title: "川の町、新しい水位計を建設へ",
        byline: "2025年12月5日",
        author: "",
        heading: "決まったこと",
        paragraphs: [
            "川の町の町議会は金曜日、古い水位計が二度故障したことを受けて、来年の春に新しい水位計を建設することを決めた。",
            "二百万ユーロの費用は町と国が半分ずつ負担すると、古い広間で開かれた会議の後に町長が記者団に対して述べた。",
            "「私たちは八年の間、数センチメートルをめぐって争い、今日は一本の物差しで合意した」と水道局の局長は話した。",
            "下流の農家は昨年の干ばつで収穫の三分の一を失い、それ以来、すべての人に当てはまる決まりを求め続けていた。",
            "新しい水位計が完成するまでは、毎朝六時に公表される大学の測定値が、上流と下流の双方にとって有効とされる。",
        ],
        furniture: [
            "シェア",
            "関連記事",
            "干ばつで収穫の三分の一が失われる",
            "よく読まれている記事",
            "古い城壁に沿った十の散歩道",
            "ニュースレターを購読",
            "コメント",
            "無断転載を禁じます",
        ],
    },
    Page {
        lang: "ar",
        title: "مدينة النهر تبني مقياسا جديدا للمياه",
        byline: "2025/12/5",
        author: "",
        heading: "ما الذي تقرر",
        paragraphs: [
            "قرر مجلس مدينة النهر يوم الجمعة بناء مقياس جديد للمياه في الربيع المقبل، بعد أن تعطل المقياس القديم مرتين في عام واحد.",
            "وقال رئيس البلدية بعد الجلسة في القاعة القديمة إن التكاليف البالغة مليوني يورو ستقسم مناصفة بين المدينة والدولة.",
            "«تجادلنا ثماني سنوات حول السنتيمترات، واليوم اتفقنا على مسطرة واحدة»، هكذا قالت مديرة مكتب المياه بعد الاحتفال.",
            "وخسر المزارعون في المجرى الأدنى ثلث محصولهم في جفاف العام الماضي، ومنذ ذلك الحين يطالبون بقاعدة تسري على الجميع.",
            "وإلى أن يقام المقياس الجديد تسري قياسات الجامعة التي تنشر كل صباح في الساعة السادسة على الطرفين معا.",
        ],
        furniture: [
            "شارك",
            "اقرأ أيضا",
            "الجفاف يأخذ ثلث المحصول",
            "الأكثر قراءة",
            "عشر نزهات على طول السور القديم",
            "اشترك في النشرة",
            "تعليقات",
            "جميع الحقوق محفوظة",
        ],
    },
];

fn html(page: &Page) -> String {
    let [
        share,
        related,
        story,
        popular,
        walk,
        letter,
        comments,
        rights,
    ] = page.furniture;
    let [first, second, third, fourth, fifth] = page.paragraphs;
    format!(
        r#"<html lang="{}"><head><title>{1} | Herald</title><meta property="og:title" content="{1}"></head><body>
        <div class="top"><ul class="menu"><li><a href="/1">{popular}</a></li><li><a href="/2">{comments}</a></li></ul></div>
        <div class="content"><h1>{1}</h1><div class="info">{2}</div><div class="share"><a href="https://www.facebook.com/sharer">{share}</a></div>
        <div class="text"><p>{first}</p><p>{second}</p><h2>{3}</h2><p>{third}</p><div class="more"><b>{related}</b><ul><li><a href="/a/1">{story}</a></li></ul></div><p>{fourth}</p><p>{fifth}</p></div>
        <div class="letter"><a href="/letter">{letter}</a></div><div class="comments"><h3>{comments}</h3></div></div>
        <div class="right"><h3>{popular}</h3><ol><li><a href="/a/2">{walk}</a></li><li><a href="/a/3">{story}</a></li></ol></div>
        <div class="bottom">© 2025 Herald. {rights}</div></body></html>"#,
        page.lang, page.title, page.byline, page.heading
    )
}

#[test]
fn an_article_comes_out_clean_in_every_language() {
    let url = Url::parse("https://www.herald.example/2025/gauge").expect("an address");
    for page in PAGES {
        let found = extract(&html(page), Some(&url), &Context::default());
        let text = found.body.document.plain_text();
        for part in page.paragraphs.iter().chain([&page.heading]) {
            assert!(text.contains(part), "{}: missing {part}\n{text}", page.lang);
        }
        for part in page.furniture {
            assert!(
                !text.contains(part),
                "{}: left in {part}\n{text}",
                page.lang
            );
        }
        assert_eq!(
            found.metadata.title.as_deref(),
            Some(page.title),
            "{}",
            page.lang
        );
        assert_eq!(
            found.day.map(|day| day.to_string()).as_deref(),
            Some("2025-12-05"),
            "{}",
            page.lang
        );
        if !page.author.is_empty() {
            assert_eq!(found.metadata.authors, [page.author], "{}", page.lang);
        }
        assert_eq!(
            found.metadata.language.as_deref(),
            Some(page.lang),
            "{}",
            page.lang
        );
    }
}
