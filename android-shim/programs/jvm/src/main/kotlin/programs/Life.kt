package programs

/** Conway's game on a torus; the first line says how many generations. */
fun life(input: ByteArray) {
    val lines = input.decodeToString().trim().lines()
    var world = lines.drop(1).map { line -> BooleanArray(line.length) { line[it] == '#' } }
    val (height, width) = world.size to world[0].size
    repeat(lines[0].toInt()) {
        world = List(height) { y ->
            BooleanArray(width) { x ->
                val around = (-1..1).sumOf { dy ->
                    (-1..1).count { dx -> (dy != 0 || dx != 0) && world[(y + dy + height) % height][(x + dx + width) % width] }
                }
                around == 3 || (around == 2 && world[y][x])
            }
        }
    }
    print(world.joinToString("\n", postfix = "\n") { row -> row.joinToString("") { if (it) "#" else "." } })
}
