//! Answers of the terminal that come after they were waited for: crossterm takes them for keys, and keys do things here. They
//! begin with what no person presses (nothing is bound to Alt) and end as strings end; what is between is dropped.

use std::time::{Duration, Instant};

use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};

use super::ask::Inside;

/// So long after the question answers may still come.
const WINDOW: Duration = Duration::from_secs(5);

/// Within so long of an Esc a string may begin whose first byte came alone.
const ESC_ALONE: Duration = Duration::from_millis(50);

/// Watches for late answers.
#[derive(Debug)]
pub(super) struct Late {
    until: Instant,
    inside: Inside,
    /// When Esc was seen last.
    esc: Option<Instant>,
}

impl Late {
    /// Starts watching, perhaps in the middle of an answer.
    pub(super) fn watch(now: Instant, inside: Inside) -> Self {
        Self {
            until: now + WINDOW,
            inside,
            esc: None,
        }
    }

    /// Says whether an event is part of a late answer.
    pub(super) fn swallows(&mut self, event: &Event, now: Instant) -> bool {
        let Event::Key(KeyEvent {
            code, modifiers, ..
        }) = event
        else {
            return false;
        };
        if now > self.until {
            return false;
        }
        let is_alt = modifiers.contains(KeyModifiers::ALT);
        let after_esc = self.esc.take().is_some_and(|at| now < at + ESC_ALONE);
        if *code == KeyCode::Esc {
            self.esc = Some(now);
        }
        match self.inside {
            Inside::String => {
                let is_bell =
                    *code == KeyCode::Char('g') && modifiers.contains(KeyModifiers::CONTROL);
                let is_st = (is_alt || after_esc) && *code == KeyCode::Char('\\');
                if is_bell || is_st {
                    self.inside = Inside::Nothing;
                }
                true
            }
            Inside::Sequence => {
                if !matches!(code, KeyCode::Char('0'..='9' | ';' | '?' | ' ')) {
                    self.inside = Inside::Nothing;
                }
                true
            }
            Inside::Nothing => {
                let begins =
                    (is_alt || after_esc) && matches!(code, KeyCode::Char(']' | '_' | 'P'));
                if begins {
                    self.inside = Inside::String;
                }
                begins
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(code: char, modifiers: KeyModifiers) -> Event {
        Event::Key(KeyEvent::new(KeyCode::Char(code), modifiers))
    }

    #[test]
    fn a_late_answer_presses_no_keys() {
        let now = Instant::now();
        let mut late = Late::watch(now, Inside::Nothing);
        let plain = KeyModifiers::NONE;
        assert!(!late.swallows(&key('j', plain), now));
        assert!(late.swallows(&key(']', KeyModifiers::ALT), now));
        for letter in "11;rgb:RRQ".chars() {
            assert!(late.swallows(&key(letter, plain), now));
        }
        assert!(late.swallows(&key('\\', KeyModifiers::ALT), now));
        assert!(!late.swallows(&key('k', plain), now));
        assert!(late.swallows(&key('_', KeyModifiers::ALT), now));
        assert!(late.swallows(&key('g', KeyModifiers::CONTROL), now));
        assert!(!late.swallows(&key('Q', plain), now));
        // Long after the question an Alt key is one.
        let then = now + WINDOW + Duration::from_secs(1);
        assert!(!late.swallows(&key(']', KeyModifiers::ALT), then));
    }

    #[test]
    fn the_rest_of_an_answer_that_was_begun_presses_no_keys() {
        let now = Instant::now();
        let plain = KeyModifiers::NONE;
        let mut late = Late::watch(now, Inside::String);
        for letter in "gb:RR".chars() {
            assert!(late.swallows(&key(letter, plain), now));
        }
        assert!(late.swallows(&key('\\', KeyModifiers::ALT), now));
        assert!(!late.swallows(&key('g', plain), now));
        let mut late = Late::watch(now, Inside::Sequence);
        assert!(late.swallows(&key('2', plain), now));
        assert!(late.swallows(&key('c', plain), now));
        assert!(!late.swallows(&key('j', plain), now));
    }

    #[test]
    fn an_answer_whose_first_byte_came_alone_presses_no_keys() {
        let now = Instant::now();
        let esc = Event::Key(KeyEvent::new(KeyCode::Esc, KeyModifiers::NONE));
        let mut late = Late::watch(now, Inside::Nothing);
        assert!(!late.swallows(&esc, now));
        for letter in "]11;rgb:".chars() {
            assert!(late.swallows(&key(letter, KeyModifiers::NONE), now));
        }
        assert!(late.swallows(&esc, now));
        assert!(late.swallows(&key('\\', KeyModifiers::NONE), now));
        assert!(!late.swallows(&esc, now));
        // `]u` typed after Esc is two keys.
        let later = now + ESC_ALONE;
        assert!(!late.swallows(&key(']', KeyModifiers::NONE), later));
    }
}
