//! crossterm's words for keys and mouse into ours.

use crossterm::event::{
    self as term, KeyCode, KeyEventKind, KeyModifiers, MouseButton, MouseEventKind,
};

use crate::app::Event;
use crate::app::event::{Mouse, MouseKind};
use crate::keymap::{Code, Key};

/// Returns what a terminal event means to the app; `None` for what means nothing: releases and repeats of the kitty
/// protocol, focus, bare motion, and keys with Alt or Super, to which nothing is bound.
pub(super) fn translate(event: term::Event) -> Option<Event> {
    match event {
        term::Event::Key(key) if key.kind == KeyEventKind::Press => key_of(key).map(Event::Key),
        term::Event::Mouse(mouse) => mouse_of(mouse).map(Event::Mouse),
        term::Event::Paste(text) => Some(Event::Paste(text)),
        // The loop reads the size itself.
        term::Event::Resize(..)
        | term::Event::Key(_)
        | term::Event::FocusGained
        | term::Event::FocusLost => None,
    }
}

fn key_of(key: term::KeyEvent) -> Option<Key> {
    let ctrl = key.modifiers.contains(KeyModifiers::CONTROL);
    let shift = key.modifiers.contains(KeyModifiers::SHIFT);
    if key.modifiers.intersects(
        KeyModifiers::ALT | KeyModifiers::SUPER | KeyModifiers::HYPER | KeyModifiers::META,
    ) {
        return None;
    }
    let code = match key.code {
        KeyCode::Char(c) => Code::Char(c),
        KeyCode::Enter => Code::Enter,
        KeyCode::Esc => Code::Esc,
        KeyCode::Tab => Code::Tab,
        KeyCode::BackTab => return Some(Key::new(Code::Tab, ctrl, true)),
        KeyCode::Backspace => Code::Backspace,
        KeyCode::Delete => Code::Delete,
        KeyCode::Insert => Code::Insert,
        KeyCode::Up => Code::Up,
        KeyCode::Down => Code::Down,
        KeyCode::Left => Code::Left,
        KeyCode::Right => Code::Right,
        KeyCode::Home => Code::Home,
        KeyCode::End => Code::End,
        KeyCode::PageUp => Code::PgUp,
        KeyCode::PageDown => Code::PgDn,
        KeyCode::F(n) => Code::F(n),
        _ => return None,
    };
    Some(Key::new(code, ctrl, shift))
}

fn mouse_of(mouse: term::MouseEvent) -> Option<Mouse> {
    let kind = match mouse.kind {
        MouseEventKind::Down(MouseButton::Left) => MouseKind::Down,
        MouseEventKind::Drag(MouseButton::Left) => MouseKind::Drag,
        MouseEventKind::Up(MouseButton::Left) => MouseKind::Up,
        MouseEventKind::ScrollUp => MouseKind::WheelUp,
        MouseEventKind::ScrollDown => MouseKind::WheelDown,
        _ => return None,
    };
    Some(Mouse {
        column: mouse.column,
        row: mouse.row,
        kind,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(code: KeyCode, modifiers: KeyModifiers, expect: Option<Key>) {
        let event = term::Event::Key(term::KeyEvent::new(code, modifiers));
        let key = translate(event).map(|event| match event {
            Event::Key(key) => key,
            other => panic!("{other:?} is no key"),
        });
        assert_eq!(key, expect);
    }

    #[test]
    fn keys_keep_their_meaning() {
        check(KeyCode::Char('j'), KeyModifiers::NONE, Some(Key::char('j')));
        check(
            KeyCode::Char('d'),
            KeyModifiers::CONTROL,
            Some(Key::ctrl('d')),
        );
        check(
            KeyCode::Char('G'),
            KeyModifiers::SHIFT,
            Some(Key::char('G')),
        );
        check(
            KeyCode::BackTab,
            KeyModifiers::SHIFT,
            Some(Key::new(Code::Tab, false, true)),
        );
        check(KeyCode::Char('x'), KeyModifiers::ALT, None);
    }

    #[test]
    fn only_presses_count() {
        let mut key = term::KeyEvent::new(KeyCode::Char('q'), KeyModifiers::NONE);
        key.kind = KeyEventKind::Release;
        assert!(translate(term::Event::Key(key)).is_none());
    }
}
