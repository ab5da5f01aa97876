//! The JSON under a feed, read as a stream: what no feed needs is passed over and never held, and what stands before a
//! fault or a cut is kept.

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::super::feed::{NotAFeed, Remark};

/// At most this many values of the head, or of one item, are kept. Each takes some 70 bytes; the largest real item seen
/// has 60.
const MAX_VALUES: usize = 2_000;

/// At most this many values of all items are kept: 400 for each of 1,000.
const MAX_VALUES_IN_ALL: usize = 400_000;

/// The fields of head and items that are read. All else, extensions included, is passed over.
const FIELDS: &[&str] = &[
    "version",
    "title",
    "description",
    "home_page_url",
    "feed_url",
    "language",
    "icon",
    "favicon",
    "hubs",
    "id",
    "url",
    "external_url",
    "date_published",
    "date_modified",
    "author",
    "authors",
    "summary",
    "content_html",
    "content_text",
    "attachments",
    "tags",
    "image",
    "banner_image",
];

/// A file as far as it could be read.
#[derive(Debug, Default)]
pub(super) struct File {
    /// The known fields of the file itself.
    pub(super) head: Map<String, Value>,
    /// The known fields of its items, in order. Where the file is cut, the last is what is left of one.
    pub(super) items: Vec<Map<String, Value>>,
    /// It has a list of items, be it empty.
    pub(super) has_items: bool,
    /// It has more items than are kept.
    is_overfull: bool,
    /// The last item is being read.
    is_in_item: bool,
}

/// Reads the fields of a file; at most `max_items` of its items.
pub(super) fn read(
    text: &str,
    max_items: usize,
    remarks: &mut Vec<Remark>,
) -> Result<File, NotAFeed> {
    let text = text.trim_start_matches('\u{feff}');
    let (mut file, mut fault) = attempt(text, max_items);
    // Control characters in strings, which JSON forbids and programs write, are taken out on a second try.
    let is_control = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
    if fault.is_some() && text.contains(char::is_control) {
        let spaced: String = text
            .chars()
            .map(|c| if c.is_control() { ' ' } else { c })
            .collect();
        (file, fault) = attempt(&spaced, max_items);
        if fault.is_none() || text.contains(is_control) {
            remarks.push(Remark::Malformed("control characters"));
        }
    }
    if file.is_overfull {
        remarks.push(Remark::TooMany);
    }
    match fault {
        None => Ok(file),
        Some(fault) if fault.is_data() => Err(NotAFeed::Json),
        Some(_) => {
            let is_nothing = file.items.last().is_some_and(Map::is_empty);
            if file.is_in_item && !is_nothing {
                remarks.push(Remark::Cut);
            } else {
                // What is left are whole items.
                remarks.push(Remark::Malformed("it ends too early"));
            }
            if file.is_in_item && is_nothing {
                file.items.pop();
            }
            if file.items.is_empty() {
                return Err(NotAFeed::Unknown);
            }
            Ok(file)
        }
    }
}

fn attempt(text: &str, max_items: usize) -> (File, Option<serde_json::Error>) {
    let mut file = File::default();
    let mut from = serde_json::Deserializer::from_str(text);
    // What stands behind the end of the object is nobody's.
    let fault = from
        .deserialize_map(Head {
            file: &mut file,
            max_items,
        })
        .err();
    (file, fault)
}

/// Reads the file's own fields.
struct Head<'a> {
    file: &'a mut File,
    max_items: usize,
}

impl<'de> Visitor<'de> for Head<'_> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a feed")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut left = MAX_VALUES;
        while let Some(key) = map.next_key::<String>()? {
            if key == "items" {
                self.file.has_items = true;
                map.next_value_seed(Items {
                    file: self.file,
                    most: self.max_items,
                    left: MAX_VALUES_IN_ALL,
                })?;
            } else if is_known(&key) {
                let value = map.next_value_seed(Bounded(&mut left))?;
                self.file.head.insert(key, value);
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }
}

/// Reads the list of items.
struct Items<'a> {
    file: &'a mut File,
    most: usize,
    /// Values all items may still have.
    left: usize,
}

impl<'de> DeserializeSeed<'de> for Items<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Items<'_> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a list of items")
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut items: A) -> Result<(), A::Error> {
        loop {
            if self.file.items.len() >= self.most || self.left == 0 {
                self.file.is_overfull = items.next_element::<IgnoredAny>()?.is_some();
                while items.next_element::<IgnoredAny>()?.is_some() {}
                return Ok(());
            }
            // Filled in its place: a cut in the middle leaves what came.
            self.file.items.push(Map::new());
            self.file.is_in_item = true;
            let Some(item) = self.file.items.last_mut() else {
                return Ok(());
            };
            let mut left = self.left.min(MAX_VALUES);
            let granted = left;
            let seed = Item {
                item,
                left: &mut left,
            };
            let more = items.next_element_seed(seed)?;
            self.left -= granted - left;
            self.file.is_in_item = false;
            match more {
                Some(true) => {}
                Some(false) => {
                    self.file.items.pop();
                }
                None => {
                    self.file.items.pop();
                    return Ok(());
                }
            }
        }
    }
}

/// Reads one item; answers whether it is one.
struct Item<'a> {
    item: &'a mut Map<String, Value>,
    left: &'a mut usize,
}

impl<'de> DeserializeSeed<'de> for Item<'_> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<bool, D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Item<'_> {
    type Value = bool;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an item")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<bool, A::Error> {
        while let Some(key) = map.next_key::<String>()? {
            if is_known(&key) {
                let value = map.next_value_seed(Bounded(self.left))?;
                self.item.insert(key, value);
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(true)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<bool, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(false)
    }

    fn visit_unit<E: Error>(self) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<bool, E> {
        Ok(false)
    }
}

/// Reads any value while its bound lasts: of a list or object that is longer, the beginning.
struct Bounded<'a>(&'a mut usize);

impl<'de> DeserializeSeed<'de> for Bounded<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Value, D::Error> {
        *self.0 = self.0.saturating_sub(1);
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Bounded<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a value")
    }

    fn visit_bool<E: Error>(self, is: bool) -> Result<Value, E> {
        Ok(Value::Bool(is))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Value, E> {
        Ok(text.into())
    }

    fn visit_string<E: Error>(self, text: String) -> Result<Value, E> {
        Ok(Value::String(text))
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while *self.0 > 0 {
            match seq.next_element_seed(Bounded(self.0))? {
                Some(value) => list.push(value),
                None => return Ok(Value::Array(list)),
            }
        }
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(key) = map.next_key::<String>()? {
            if *self.0 > 0 {
                object.insert(key, map.next_value_seed(Bounded(self.0))?);
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(Value::Object(object))
    }
}

fn is_known(key: &str) -> bool {
    FIELDS.contains(&key)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, ids: &[&str], expect: &[Remark]) {
        let mut remarks = Vec::new();
        let file = read(text, 3, &mut remarks).unwrap();
        let found: Vec<&str> = file
            .items
            .iter()
            .map(|item| item.get("id").and_then(Value::as_str).unwrap_or("-"))
            .collect();
        assert_eq!(found, ids, "{text}");
        assert_eq!(remarks, expect, "{text}");
    }

    #[test]
    fn what_no_feed_needs_is_passed_over() {
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        check(
            &format!(
                r#"{{"x":{deep},"items":[{{"_y":{deep},"id":"a"}},7,null,{{"id":"b"}}]}} junk"#
            ),
            &["a", "b"],
            &[],
        );
        let many = vec!["1"; 5_000].join(",");
        let mut remarks = Vec::new();
        let text = format!(r#"{{"items":[{{"tags":[{many}],"id":"a"}}]}}"#);
        let file = read(&text, 3, &mut remarks).unwrap();
        let tags = file.items[0]["tags"].as_array().unwrap().len();
        assert!(tags < MAX_VALUES, "{tags}");
        assert_eq!(file.items[0]["id"], "a");
    }

    #[test]
    fn items_past_the_bound_are_left_out() {
        let items = ["{\"id\":\"a\"}"; 4].join(",");
        check(
            &format!("{{\"items\":[{items}]}}"),
            &["a", "a", "a"],
            &[Remark::TooMany],
        );
    }

    #[test]
    fn items_before_a_cut_are_kept() {
        check(
            r#"{"title":"t","items":[{"id":"a","title":"one"},{"id":"b","tit"#,
            &["a", "b"],
            &[Remark::Cut],
        );
        let whole = [Remark::Malformed("it ends too early")];
        check(
            r#"{"items":[{"id":"a"},{"content_html":"half"#,
            &["a"],
            &whole,
        );
        check(r#"{"items":[{"id":"a"},"#, &["a"], &whole);
        let deep = format!("{{\"items\":{}", "[".repeat(200_000));
        let none = read(&deep, 3, &mut Vec::new()).unwrap_err();
        assert_eq!(none, NotAFeed::Unknown);
    }

    #[test]
    fn control_characters_are_borne() {
        check(
            "{\"items\":[{\"id\":\"a\",\"title\":\"x\u{1}y\nz\"}]}",
            &["a"],
            &[Remark::Malformed("control characters")],
        );
    }
}
