//! How pictures are drawn here: as the config says, else as the terminal's name and its answers allow.

use super::ask::Answers;
use crate::config::settings::Pictures;

/// A way to draw pictures in real pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Protocol {
    /// kitty graphics with placeholders.
    Kitty,
    /// iTerm2's inline pictures.
    Iterm,
    /// Sixel.
    Sixel,
}

/// What the environment says of the terminal's name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Name {
    /// `TERM`.
    pub(super) term: String,
    /// `TERM_PROGRAM`.
    pub(super) program: String,
    /// The variables of a kitty window are set; other programs inherit them, so its answer must say the same.
    pub(super) is_in_kitty: bool,
    /// It runs over a network: answers may come late.
    pub(super) is_remote: bool,
    /// A multiplexer set its variables, whatever name the terminal goes by in it: older tmux and screen say nothing in
    /// `TERM_PROGRAM`, and many set `TERM` by hand.
    pub(super) is_inside_another: bool,
}

impl Name {
    /// Reads this process's environment.
    pub(super) fn read() -> Self {
        let get = |name: &str| std::env::var(name).unwrap_or_default();
        Self {
            term: get("TERM"),
            program: get("TERM_PROGRAM"),
            is_in_kitty: !get("KITTY_WINDOW_ID").is_empty(),
            is_remote: !get("SSH_CONNECTION").is_empty() || !get("SSH_TTY").is_empty(),
            is_inside_another: ["TMUX", "STY", "ZELLIJ"]
                .into_iter()
                .any(|name| !get(name).is_empty()),
        }
    }

    /// Returns the name under which its answers are remembered.
    pub(super) fn key(&self) -> String {
        let plain = |text: &str| text.replace(|c: char| c.is_control() || c.is_whitespace(), "_");
        let inside = if self.is_inside_another {
            "|inside"
        } else {
            ""
        };
        format!("{}|{}{inside}", plain(&self.term), plain(&self.program))
    }

    /// Inside these, what the outer terminal draws does not belong to our cells.
    fn is_multiplexer(&self) -> bool {
        self.is_inside_another
            || self.term.starts_with("tmux")
            || self.term.starts_with("screen")
            || self.program == "tmux"
    }

    /// Says whether it places kitty pictures by letters. `WezTerm` and Konsole answer to kitty's question, but do not.
    fn places_by_letters(&self) -> bool {
        matches!(self.term.as_str(), "xterm-kitty" | "xterm-ghostty")
            || matches!(self.program.as_str(), "kitty" | "ghostty")
    }

    fn is_iterm(&self) -> bool {
        matches!(self.program.as_str(), "iTerm.app" | "WezTerm" | "mintty")
    }
}

/// Says whether the terminal has to be asked: its name alone does not settle it. Over a network it is not: an answer may
/// come later than anyone waits, and the config can say what a question would. `has_cell`: a cell's size is known.
pub(super) fn must_ask(wanted: Pictures, name: &Name, has_cell: bool) -> bool {
    let is_open = match wanted {
        Pictures::Auto => name.is_multiplexer() || !name.places_by_letters() && !name.is_iterm(),
        Pictures::Sixel => !has_cell,
        Pictures::Kitty | Pictures::Iterm2 | Pictures::Halfblocks | Pictures::Off => false,
    };
    is_open && !name.is_remote
}

/// Chooses the way; `None`: half blocks.
pub(super) fn choose(wanted: Pictures, name: &Name, answers: &Answers) -> Option<Protocol> {
    match wanted {
        Pictures::Kitty => Some(Protocol::Kitty),
        Pictures::Iterm2 => Some(Protocol::Iterm),
        Pictures::Sixel => Some(Protocol::Sixel),
        Pictures::Auto if name.is_multiplexer() => answers.sixel.then_some(Protocol::Sixel),
        Pictures::Auto if name.places_by_letters() => Some(Protocol::Kitty),
        Pictures::Auto if name.is_in_kitty && answers.kitty => Some(Protocol::Kitty),
        Pictures::Auto if name.is_iterm() => Some(Protocol::Iterm),
        Pictures::Auto if answers.sixel => Some(Protocol::Sixel),
        // Who answers to kitty's question under another name may know no placeholders: letters nobody can read would stand
        // where half blocks do well. The config can say otherwise.
        Pictures::Auto | Pictures::Halfblocks | Pictures::Off => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(term: &str, program: &str) -> Name {
        Name {
            term: term.into(),
            program: program.into(),
            is_in_kitty: false,
            is_remote: false,
            is_inside_another: false,
        }
    }

    const NOTHING: Answers = Answers {
        kitty: false,
        sixel: false,
        cell: None,
        ground: None,
    };
    const SIXEL: Answers = Answers {
        sixel: true,
        ..NOTHING
    };
    const BOTH: Answers = Answers {
        kitty: true,
        sixel: true,
        ..NOTHING
    };

    #[test]
    fn the_way_follows_name_and_answers() {
        let check = |term: &str, program: &str, answers: &Answers, expect: Option<Protocol>| {
            let chosen = choose(Pictures::Auto, &name(term, program), answers);
            assert_eq!(chosen, expect, "{term} {program} {answers:?}");
        };
        check("xterm-256color", "", &NOTHING, None);
        check("xterm-256color", "Apple_Terminal", &NOTHING, None);
        check("foot", "", &SIXEL, Some(Protocol::Sixel));
        check("xterm-kitty", "", &NOTHING, Some(Protocol::Kitty));
        check("xterm-ghostty", "ghostty", &BOTH, Some(Protocol::Kitty));
        check("xterm-256color", "iTerm.app", &SIXEL, Some(Protocol::Iterm));
        check("xterm-256color", "WezTerm", &BOTH, Some(Protocol::Iterm));
        // Konsole says yes to kitty's question, but knows no placeholders.
        check("xterm-256color", "", &BOTH, Some(Protocol::Sixel));
        let inside = Name {
            is_in_kitty: true,
            ..name("xterm-256color", "")
        };
        assert_eq!(
            choose(Pictures::Auto, &inside, &BOTH),
            Some(Protocol::Kitty)
        );
        assert_eq!(choose(Pictures::Auto, &inside, &NOTHING), None);
        check("tmux-256color", "tmux", &NOTHING, None);
        check("tmux-256color", "tmux", &SIXEL, Some(Protocol::Sixel));
        check("screen-256color", "iTerm.app", &NOTHING, None);
        // tmux before 3.2, with a TERM set by hand: the outer terminal's variables are inherited.
        for outer in [name("xterm-256color", "iTerm.app"), name("xterm-kitty", "")] {
            let inside = Name {
                is_in_kitty: true,
                is_inside_another: true,
                ..outer
            };
            assert_eq!(choose(Pictures::Auto, &inside, &NOTHING), None);
            assert!(must_ask(Pictures::Auto, &inside, true));
        }
    }

    #[test]
    fn the_config_wins() {
        let here = name("xterm-kitty", "");
        let chosen = |wanted| choose(wanted, &here, &BOTH);
        assert_eq!(chosen(Pictures::Off), None);
        assert_eq!(chosen(Pictures::Halfblocks), None);
        assert_eq!(chosen(Pictures::Sixel), Some(Protocol::Sixel));
        assert_eq!(chosen(Pictures::Iterm2), Some(Protocol::Iterm));
        assert_eq!(chosen(Pictures::Kitty), Some(Protocol::Kitty));
    }

    #[test]
    fn only_an_unknown_terminal_on_this_machine_is_asked() {
        assert!(must_ask(Pictures::Auto, &name("xterm-256color", ""), true));
        assert!(must_ask(
            Pictures::Auto,
            &name("tmux-256color", "tmux"),
            true
        ));
        assert!(!must_ask(Pictures::Auto, &name("xterm-kitty", ""), true));
        assert!(!must_ask(
            Pictures::Auto,
            &name("xterm-256color", "WezTerm"),
            true
        ));
        assert!(!must_ask(Pictures::Halfblocks, &name("xterm", ""), true));
        assert!(!must_ask(Pictures::Sixel, &name("xterm", ""), true));
        let remote = Name {
            is_remote: true,
            ..name("xterm", "")
        };
        assert!(!must_ask(Pictures::Auto, &remote, true));
        assert!(must_ask(Pictures::Sixel, &name("xterm", ""), false));
    }
}
