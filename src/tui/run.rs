//! The loop.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

use jiff::tz::TimeZone;

use super::external::{self, Browser};
use super::graphics::{Encoded, TerminalGraphics};
use super::input::{Input, InputThread};
use super::look::Environment;
use super::screen::Screen;
use super::translate::translate;
use super::watch;
use crate::app::settings::PictureColours;
use crate::app::{App, Effect, Event, Settings};
use crate::config::settings::Enclosures;
use crate::config::theme::ColorDepth;
use crate::config::{self, Loaded, Paths, Theme};
use crate::engine::{Context, Engine};
use crate::model::ArticleId;
use crate::ui;

/// What the reader starts with.
pub struct Options {
    /// Where things live.
    pub paths: Paths,
    /// The config as read.
    pub config: Loaded,
    /// What `--color` says, where it says something.
    pub color: Option<bool>,
    /// What opening the library had to say.
    pub remarks: Vec<String>,
}

/// What the loop waits for.
enum Message {
    App(Event),
    Input(Input),
    Config(Box<Loaded>),
    /// The terminal has taken all there was; or it takes nothing more.
    Drawn(io::Result<()>),
    /// A picture was encoded for the terminal.
    Picture(Encoded),
}

/// Opens the reader and runs it until it is quit. The terminal is given back in any case. Returns the signal that ended
/// it, where one did.
///
/// # Errors
/// Where the terminal cannot be taken or written to, or the engine cannot start.
pub fn run(options: Options, context: &Arc<Context>) -> anyhow::Result<Option<i32>> {
    let (sender, receiver) = channel();
    let environment = Environment::read();
    let to_loop = sender.clone();
    let mut screen = Screen::take(options.config.settings.mouse, move |result| {
        drop(to_loop.send(Message::Drawn(result)));
    })?;

    // The loop may end before the others do: then nobody is there to be told.
    let to_loop = sender.clone();
    let engine = Engine::start(Arc::clone(context), move |event| {
        drop(to_loop.send(Message::App(event)));
    })?;
    let to_loop = sender.clone();
    let _watcher = watch::config(&options.paths, move |loaded| {
        drop(to_loop.send(Message::Config(Box::new(loaded))));
    });
    let to_loop = sender.clone();
    let graphics = TerminalGraphics::start(
        &options.paths.state,
        environment.depth(options.color) != ColorDepth::None,
        move |encoded| to_loop.send(Message::Picture(encoded)).is_ok(),
    )?;

    let depth = environment.depth(options.color);
    let (settings, _) = app_settings(&options.config, &environment);
    let mut reader = Reader {
        app: App::new(settings, context.now(), crate::app::welcome::starters()),
        context,
        engine: &engine,
        input: None,
        to_loop: sender,
        graphics,
        theme: options.config.theme.clone().reduced(depth),
        browser: Browser::choose(&options.config.settings.browser),
        browser_terminal: options.config.settings.browser_terminal,
        enclosures: options.config.settings.enclosures.clone(),
        depth,
        environment,
        paths: options.paths,
        wake_at: None,
        told_at: Instant::now(),
        ended: false,
        signal: None,
        early: Some(Early {
            pressed: Vec::new(),
            until: Instant::now() + HOLD,
        }),
    };
    let result = reader.run(&mut screen, &receiver, options.config, &options.remarks);
    let signal = reader.signal;
    screen.abandon();
    // After what is given up: the terminal is to forget its pictures.
    screen.end(reader.graphics.clear());
    drop(reader);
    drop(screen);
    engine.end();
    result?;
    Ok(signal)
}

struct Reader<'a> {
    app: App,
    context: &'a Arc<Context>,
    engine: &'a Engine,
    /// Started after the first frame.
    input: Option<InputThread>,
    to_loop: Sender<Message>,
    graphics: TerminalGraphics,
    theme: Theme,
    browser: Browser,
    browser_terminal: bool,
    enclosures: Enclosures,
    depth: ColorDepth,
    environment: Environment,
    paths: Paths,
    wake_at: Option<Instant>,
    told_at: Instant,
    ended: bool,
    /// The signal that asked for the end.
    signal: Option<i32>,
    /// What was pressed before there was anything to act on; `None` once it was.
    early: Option<Early>,
}

/// What was pressed before the first lists were there, in order, and until when it is held.
struct Early {
    pressed: Vec<Event>,
    until: Instant,
}

/// So long are keys held for the first lists. They take milliseconds; who waits for a slow disk must be able to quit.
const HOLD: Duration = Duration::from_secs(1);

impl Reader<'_> {
    fn run(
        &mut self,
        screen: &mut Screen,
        receiver: &Receiver<Message>,
        config: Loaded,
        remarks: &[String],
    ) -> io::Result<()> {
        let (columns, rows) = crossterm::terminal::size()?;
        self.update(screen, Event::Resized(columns, rows))?;
        let effects = self.app.start();
        self.perform(screen, effects)?;
        self.configure(screen, config)?;
        for remark in remarks {
            self.update(screen, Event::Notice(remark.clone()))?;
        }
        // The first frame is drawn with no question asked of the terminal; then nobody else reads from it yet.
        self.draw(screen)?;
        self.ask_terminal(screen)?;
        let to_loop = self.to_loop.clone();
        let send = move |input| to_loop.send(Message::Input(input)).is_ok();
        self.input = Some(InputThread::start(send)?);
        let mut changed = true;
        while !self.ended {
            if changed && !screen.is_busy() {
                self.draw(screen)?;
                changed = false;
            }
            // For the test that a panic, too, gives the terminal back.
            #[cfg(debug_assertions)]
            assert!(
                std::env::var_os("NEWSDESK_PANIC").is_none(),
                "asked to panic"
            );
            if let Some(message) = self.wait(receiver) {
                changed |= self.take(screen, message)?;
            } else {
                self.update(screen, Event::Tick)?;
                changed = true;
            }
            // Everything that is there is taken in before the next frame.
            for message in receiver.try_iter() {
                changed |= self.take(screen, message)?;
                if self.ended {
                    break;
                }
            }
        }
        Ok(())
    }

    fn draw(&mut self, screen: &mut Screen) -> io::Result<()> {
        let (app, theme) = (&self.app, &self.theme);
        let pictures = app.reader().map(|reader| &reader.pictures.ready);
        screen.send(self.graphics.want(pictures.into_iter().flatten()));
        let ready = self.graphics.ready();
        let areas = screen.draw(|frame| ui::draw_with(frame, app, theme, ready))?;
        self.update(screen, Event::Drawn(areas))
    }

    /// Waits for what comes next; `None` where the timer ran out.
    fn wait(&mut self, receiver: &Receiver<Message>) -> Option<Message> {
        let Some(wake_at) = self.wake_at else {
            // The input thread holds a sender as long as the loop runs.
            return receiver.recv().ok();
        };
        match receiver.recv_timeout(wake_at.saturating_duration_since(Instant::now())) {
            Ok(message) => Some(message),
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
                self.wake_at = None;
                None
            }
        }
    }

    /// Takes in a message. Says whether it may have changed what is to be seen.
    fn take(&mut self, screen: &mut Screen, message: Message) -> io::Result<bool> {
        if let Message::Drawn(result) = message {
            return result.map(|()| false);
        }
        self.tell_time(screen)?;
        match message {
            Message::App(event) => {
                self.update(screen, event)?;
                self.press_early(screen)?;
            }
            Message::Config(loaded) => self.configure(screen, *loaded)?,
            Message::Picture(encoded) => screen.send(self.graphics.take(encoded)),
            Message::Input(Input::Terminal(event)) if self.graphics.is_late_answer(&event) => {
                return Ok(false);
            }
            Message::Input(Input::Terminal(crossterm::event::Event::Resize(..))) => {
                self.measure(screen)?;
            }
            Message::Input(Input::Terminal(event)) => match translate(event) {
                Some(event) => self.press(screen, event)?,
                None => return Ok(false),
            },
            Message::Input(Input::Resized) => self.measure(screen)?,
            Message::Input(Input::Continued) => {
                // SIGWINCH is lost while stopped: the size is read again, too.
                screen.take_again()?;
                self.measure(screen)?;
            }
            Message::Input(Input::Ended(signal)) => {
                self.ended = true;
                self.signal = signal;
            }
            Message::Drawn(_) => {}
        }
        Ok(true)
    }

    /// Takes in the size. Also where it is as before all is drawn anew: a window that got small and large again between two
    /// looks has lost what stood there.
    fn measure(&mut self, screen: &mut Screen) -> io::Result<()> {
        screen.redraw();
        let (columns, rows) = crossterm::terminal::size()?;
        self.update(screen, Event::Resized(columns, rows))?;
        self.choose_graphics(screen)
    }

    /// Asks the terminal what it is, where that must be known and is not.
    fn ask_terminal(&mut self, screen: &mut Screen) -> io::Result<()> {
        if !self.graphics.must_ask() {
            return Ok(());
        }
        let parked = self.input.as_ref().map(InputThread::park);
        // Behind the first frame: on a slow line the answer comes late, and is known by its form.
        let keys = self
            .graphics
            .ask(|question| screen.send(question.to_owned()))?;
        drop(parked);
        self.choose_graphics(screen)?;
        for key in keys {
            self.press(screen, Event::Key(key))?;
        }
        Ok(())
    }

    /// Takes in what was pressed, once there is something to act on: `!` would say that there are no feeds.
    fn press(&mut self, screen: &mut Screen, event: Event) -> io::Result<()> {
        let Some(early) = &mut self.early else {
            return self.update(screen, event);
        };
        early.pressed.push(event);
        self.press_early(screen)
    }

    /// Presses what was held, where it need not be held any longer.
    fn press_early(&mut self, screen: &mut Screen) -> io::Result<()> {
        let is_over = |early: &Early| self.app.is_ready() || Instant::now() >= early.until;
        let Some(early) = self.early.take_if(|early| is_over(early)) else {
            return Ok(());
        };
        for event in early.pressed {
            self.update(screen, event)?;
        }
        Ok(())
    }

    /// Settles how pictures are drawn, and tells the app.
    fn choose_graphics(&mut self, screen: &mut Screen) -> io::Result<()> {
        let (forget, cell) = self.graphics.choose();
        screen.send(forget);
        self.update(screen, Event::Cell(cell))
    }

    fn tell_time(&mut self, screen: &mut Screen) -> io::Result<()> {
        if self.told_at.elapsed() < Duration::from_secs(1) {
            return Ok(());
        }
        self.told_at = Instant::now();
        self.update(screen, Event::Clock(self.context.now()))
    }

    fn update(&mut self, screen: &mut Screen, event: Event) -> io::Result<()> {
        let effects = self.app.update(event);
        self.perform(screen, effects)
    }

    /// Takes a config as read: theme, mouse, browser, and what the app acts on.
    fn configure(&mut self, screen: &mut Screen, loaded: Loaded) -> io::Result<()> {
        let (settings, mut remarks) = app_settings(&loaded, &self.environment);
        let line = |line: Option<usize>| {
            line.map(|line| format!(" line {line}:"))
                .unwrap_or_default()
        };
        remarks.extend(
            loaded
                .remarks
                .iter()
                .map(|remark| format!("config:{} {}", line(remark.line), remark.text)),
        );
        self.theme = loaded.theme.clone().reduced(self.depth);
        self.browser = Browser::choose(&loaded.settings.browser);
        self.browser_terminal = loaded.settings.browser_terminal;
        self.enclosures = loaded.settings.enclosures.clone();
        screen.set_mouse(loaded.settings.mouse);
        let ascii = settings.ascii;
        let pictures = loaded.settings.pictures;
        self.engine.take_feeds(loaded);
        self.update(screen, Event::Configured(Box::new(settings), remarks))?;
        self.graphics.configure(pictures, ascii);
        self.choose_graphics(screen)?;
        if self.input.is_some() {
            self.ask_terminal(screen)?;
        }
        Ok(())
    }

    fn perform(&mut self, screen: &mut Screen, effects: Vec<Effect>) -> io::Result<()> {
        for effect in effects {
            match effect {
                Effect::Quit => self.ended = true,
                Effect::WakeIn(millis) => {
                    self.wake_at = Some(Instant::now() + Duration::from_millis(millis));
                }
                Effect::Redraw => screen.redraw(),
                Effect::Copy(text) => screen.copy(&text),
                Effect::Suspend => self.suspend(screen)?,
                Effect::OpenUrls(urls) => self.open(screen, &urls)?,
                Effect::OpenFile { path, media_type } => {
                    self.open_file(screen, &path, &media_type)?;
                }
                Effect::EditConfig => self.edit_config(screen)?,
                Effect::ShowDemo => self.show_demo(screen)?,
                Effect::Pipe { id, command } => self.pipe(screen, id, &command)?,
                effect => self.engine.run(effect),
            }
        }
        Ok(())
    }

    fn suspend(&mut self, screen: &mut Screen) -> io::Result<()> {
        let parked = self.input.as_ref().map(InputThread::park);
        let stop = || rustix::process::kill_current_process_group(rustix::process::Signal::TSTP);
        let stopped = screen.lend(stop)?;
        drop(parked);
        if let Err(error) = stopped {
            self.update(
                screen,
                Event::Failed(format!("the system does not let us stop: {error}")),
            )?;
        }
        self.measure(screen)
    }

    /// Opens addresses in the browser; what is no web address is named, not opened.
    fn open(&mut self, screen: &mut Screen, urls: &[String]) -> io::Result<()> {
        let mut failure = None;
        for url in urls {
            if !external::may_open(url) {
                failure = Some(format!("only http and https addresses are opened: {url}"));
                continue;
            }
            let result = match &self.browser {
                Browser::Copy => {
                    screen.copy(url);
                    self.update(
                        screen,
                        Event::Notice(format!("copied (no browser here): {url}")),
                    )?;
                    continue;
                }
                Browser::System => open::that_detached(url),
                Browser::Program(words) => {
                    let (program, arguments) = external::argv(words, url);
                    if self.browser_terminal {
                        let parked = self.input.as_ref().map(InputThread::park);
                        let result = screen.lend(|| external::run_here(&program, &arguments))?;
                        drop(parked);
                        result
                    } else {
                        external::spawn(&program, &arguments)
                    }
                }
            };
            if let Err(error) = result {
                failure = Some(format!("the browser could not be started: {error}"));
            }
        }
        match (failure, &self.browser, urls) {
            (Some(failure), ..) => self.update(screen, Event::Failed(failure)),
            (None, Browser::Copy, _) => Ok(()),
            (None, _, [url]) => self.update(screen, Event::Notice(format!("opened {url}"))),
            (None, _, urls) => self.update(screen, Event::Notice(format!("{} opened", urls.len()))),
        }
    }

    /// Opens a file attached to an article by the program for its media type.
    fn open_file(&mut self, screen: &mut Screen, path: &Path, media_type: &str) -> io::Result<()> {
        let words = self.enclosures.opener(media_type).and_then(shlex::split);
        let result = match words.filter(|words| !words.is_empty()) {
            Some(words) => {
                let (program, arguments) = external::argv(&words, &path.to_string_lossy());
                external::spawn(&program, &arguments)
            }
            None if external::may_open_file(media_type) => open::that_detached(path),
            None => {
                let what = if media_type.is_empty() {
                    "an unknown type"
                } else {
                    media_type
                };
                let words = format!(
                    "{} is of {what}: name a program for it under [enclosures.open] in the config",
                    path.display()
                );
                return self.update(screen, Event::Failed(words));
            }
        };
        let event = match result {
            Ok(()) => Event::Notice(format!("opened {}", path.display())),
            Err(error) => Event::Failed(format!("no program opens {}: {error}", path.display())),
        };
        self.update(screen, event)
    }

    fn edit_config(&mut self, screen: &mut Screen) -> io::Result<()> {
        let file = self.paths.config_file.clone();
        let parked = self.input.as_ref().map(InputThread::park);
        let result = screen.lend(|| prepare_config(&file).and_then(|()| external::edit(&file)))?;
        drop(parked);
        match result {
            Ok(()) => {
                let loaded = config::load(&self.paths.config_file, &self.paths.themes());
                self.configure(screen, loaded)
            }
            Err(error) => self.update(screen, Event::Failed(error.to_string())),
        }
    }

    /// Runs this program again, on the demo edition, with the same config.
    fn show_demo(&mut self, screen: &mut Screen) -> io::Result<()> {
        let config = self.paths.config_file.clone();
        let parked = self.input.as_ref().map(InputThread::park);
        let result = screen.lend(|| external::demo(&config))?;
        drop(parked);
        match result {
            Ok(()) => self.update(
                screen,
                Event::Notice("back from the demo edition; newsdesk demo opens it again".into()),
            ),
            Err(error) => self.update(screen, Event::Failed(format!("the demo edition: {error}"))),
        }
    }

    fn pipe(&mut self, screen: &mut Screen, id: ArticleId, command: &str) -> io::Result<()> {
        let parked = self.input.as_ref().map(InputThread::park);
        let context = self.context;
        // The screen is given up meanwhile: reading the article here makes nobody wait.
        let result = screen.lend(|| {
            let article = context
                .library()
                .reader()
                .and_then(|reader| reader.article(id, None))
                .map_err(io::Error::other)?;
            let article = article.ok_or_else(|| io::Error::other("the article is gone"))?;
            let story = crate::export::Story::from(&article);
            external::pipe(command, &crate::export::markdown(&story, false))
        })?;
        drop(parked);
        match result {
            Ok(()) => Ok(()),
            Err(error) => self.update(screen, Event::Failed(format!("{command}: {error}"))),
        }
    }
}

/// Turns the config into what the app acts on, with remarks on its keys.
fn app_settings(loaded: &Loaded, environment: &Environment) -> (Settings, Vec<String>) {
    let ascii = environment.ascii(loaded.settings.borders);
    let pictures = match environment.depth(None) {
        _ if ascii => PictureColours::Off,
        ColorDepth::True => PictureColours::True,
        ColorDepth::Indexed => PictureColours::Indexed,
        ColorDepth::None => PictureColours::Off,
    };
    Settings::from_config(&loaded.settings, TimeZone::system(), ascii, pictures)
}

/// Makes a config to edit where there is none: the example, every setting commented out.
fn prepare_config(file: &Path) -> io::Result<()> {
    if file.exists() {
        return Ok(());
    }
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(file, config::commented_example())
}
