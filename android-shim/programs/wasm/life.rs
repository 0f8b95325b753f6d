//! Conway's game of life on a torus: rows of `#` and `.` in, the same after a hundred generations out.
use std::io::{self, BufRead};

fn main() {
    let mut cells: Vec<Vec<bool>> = io::stdin()
        .lock()
        .lines()
        .map(|line| line.unwrap().bytes().map(|sign| sign == b'#').collect())
        .collect();
    let (height, width) = (cells.len(), cells[0].len());
    for _ in 0..100 {
        let mut next = vec![vec![false; width]; height];
        for y in 0..height {
            for x in 0..width {
                let around = (0..9)
                    .filter(|i| *i != 4)
                    .filter(|i| cells[(y + height - 1 + i / 3) % height][(x + width - 1 + i % 3) % width])
                    .count();
                next[y][x] = around == 3 || (around == 2 && cells[y][x]);
            }
        }
        cells = next;
    }
    for row in cells {
        println!("{}", row.iter().map(|cell| if *cell { '#' } else { '.' }).collect::<String>());
    }
}
