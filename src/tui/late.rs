//! Answers of the terminal that come after they were waited for: crossterm takes them for keys, and keys do things here. They
//! begin with what no person presses (nothing is bound to Alt) and end as strings end; what is between is dropped.

use std::time::{Duration, Instant};

use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};

/// So long after the question answers may still come.
const WINDOW: Duration = Duration::from_secs(5);

/// Watches for late answers.
#[derive(Debug)]
pub(super) struct Late {
    until: Instant,
    is_inside: bool,
}

impl Late {
    /// Starts watching.
    pub(super) fn watch(now: Instant) -> Self {
        Self {
            until: now + WINDOW,
            is_inside: false,
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
        if self.is_inside {
            let is_bell = *code == KeyCode::Char('g') && modifiers.contains(KeyModifiers::CONTROL);
            self.is_inside = !(is_bell || is_alt && *code == KeyCode::Char('\\'));
            return true;
        }
        self.is_inside = is_alt && matches!(code, KeyCode::Char(']' | '_' | 'P'));
        self.is_inside
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
        let mut late = Late::watch(now);
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
}
