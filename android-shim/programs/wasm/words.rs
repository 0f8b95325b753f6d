//! How often each word stands in the text, most frequent first. Its hash maps are seeded by random bytes.
use std::collections::HashMap;
use std::io::{self, Read, Write};

fn main() -> io::Result<()> {
    let mut text = String::new();
    io::stdin().read_to_string(&mut text)?;
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for word in text.split_whitespace() {
        *counts.entry(word).or_default() += 1;
    }
    let mut sorted: Vec<_> = counts.into_iter().collect();
    sorted.sort_by(|(a, n), (b, m)| m.cmp(n).then(a.cmp(b)));
    let mut out = io::BufWriter::new(io::stdout());
    for (word, count) in sorted {
        writeln!(out, "{count} {word}")?;
    }
    out.flush()
}
