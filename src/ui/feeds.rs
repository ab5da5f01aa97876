//! The feed list.

use ratatui::layout::Rect;

use super::Heading;
use super::canvas::{Canvas, row, target};
use crate::app::App;
use crate::app::areas::{Areas, Target};
use crate::app::tree::{Node, TreeRow};
use crate::app::words::thousands;
use crate::config::theme::Role;
use crate::model::EntityKind;

/// Draws the feed list into its pane.
pub(super) fn draw(
    canvas: &mut Canvas<'_>,
    heading: Heading,
    inner: Rect,
    app: &App,
    areas: &mut Areas,
) {
    let tree = app.tree();
    heading.draw(canvas, "Feeds", "");
    let rows = tree.rows().iter().skip(tree.top).take(inner.height.into());
    for (n, it) in rows.enumerate() {
        let area = row(inner, n as u16);
        draw_row(canvas, area, it);
        if tree.selected.as_ref() == Some(&it.node) {
            let role = if heading.focused {
                Role::Selected
            } else {
                Role::SelectedIdle
            };
            canvas.select(area, role);
        }
        areas.push(target(area), Target::Node(it.node.clone()));
        if it.open.is_some() {
            let sign = Rect {
                x: area.x + indent(it),
                width: 2.min(area.width),
                ..area
            };
            areas.push(target(sign), Target::Fold(it.node.clone()));
        }
    }
}

fn indent(row: &TreeRow) -> u16 {
    1 + 2 * (row.depth.min(6) as u16)
}

fn draw_row(canvas: &mut Canvas<'_>, area: Rect, it: &TreeRow) {
    let look = canvas.look;
    let signs = look.signs;
    let right = draw_count(canvas, area, it);
    let x = area.x + indent(it);
    let (sign, role) = match (&it.node, it.open) {
        (Node::Unread, _) => (signs.unread, Role::UnreadMark),
        (Node::Starred, _) => (signs.star, Role::Star),
        (Node::Later, _) => (signs.later, Role::Later),
        (Node::Following, _) => (signs.following, Role::UnreadMark),
        (Node::Name(key), _) => (key.kind.sign(), name_role(key.kind)),
        (_, Some(true)) => (signs.open, Role::Folder),
        (_, Some(false)) => (signs.closed, Role::Folder),
        _ => (" ", Role::Text),
    };
    canvas.say(x, area.y, 1, sign, role);
    let role = match &it.node {
        Node::Tag(_) => Role::Tag,
        _ if it.unread => Role::Unread,
        Node::Feed(_) | Node::Name(_) => Role::Dim,
        _ => Role::Folder,
    };
    let room = right.saturating_sub(x + 3);
    canvas.say(x + 2, area.y, room, &it.title, role);
}

fn name_role(kind: EntityKind) -> Role {
    match kind {
        EntityKind::Person => Role::Person,
        EntityKind::Organisation => Role::Organisation,
        EntityKind::Place => Role::Place,
        EntityKind::Other => Role::OtherName,
    }
}

/// Draws the count, and `!` before it where the last reload failed; returns where they begin.
fn draw_count(canvas: &mut Canvas<'_>, area: Rect, it: &TreeRow) -> u16 {
    let look = canvas.look;
    let mut right = area.right().saturating_sub(1);
    if it.count > 0 {
        let count = thousands(it.count);
        right = canvas.right(area.x, right, area.y, &count, look.style(Role::Count));
    }
    let failed_here = it.error.is_some() && matches!(it.node, Node::Feed(_));
    if failed_here || (it.error.is_some() && it.open == Some(false)) {
        right = right.saturating_sub(1);
        right = canvas.right(
            area.x,
            right,
            area.y,
            look.signs.failed,
            look.style(Role::Error),
        );
    }
    right
}
