//! Letters and words of UTF-8 text by hash maps, whose seeds are the kernel's random bytes.
#![no_main]
use std::collections::{BTreeMap, HashMap};
use std::io::{self, Read, Write};

#[no_mangle]
pub extern "C" fn main(_count: i32, _arguments: *const *const u8) -> i32 {
    let mut text = String::new();
    io::stdin().read_to_string(&mut text).unwrap();
    let mut letters: HashMap<char, usize> = HashMap::new();
    let mut lengths: HashMap<usize, usize> = HashMap::new();
    for word in text.split_whitespace() {
        *lengths.entry(word.chars().count()).or_default() += 1;
        word.chars().flat_map(char::to_lowercase).for_each(|c| *letters.entry(c).or_default() += 1);
    }
    let mut out = io::stdout();
    for (letter, count) in letters.into_iter().collect::<BTreeMap<_, _>>() {
        writeln!(out, "{} {}", letter, count).unwrap();
    }
    for (length, count) in lengths.into_iter().collect::<BTreeMap<_, _>>() {
        writeln!(out, "{} letters: {}", length, count).unwrap();
    }
    0
}
