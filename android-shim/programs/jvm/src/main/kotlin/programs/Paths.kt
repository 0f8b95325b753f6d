package programs

import java.util.PriorityQueue

/** Cheapest way from the upper left to the lower right of a map of digits, each the cost of its field (Dijkstra). */
fun shortestPaths(input: ByteArray) {
    val rows = input.decodeToString().trim().lines().map { line -> IntArray(line.length) { line[it] - '0' } }
    val (height, width) = rows.size to rows[0].size
    val best = Array(height) { IntArray(width) { Int.MAX_VALUE } }
    data class Place(val cost: Int, val y: Int, val x: Int)
    val queue = PriorityQueue<Place>(compareBy { it.cost })
    queue += Place(rows[0][0], 0, 0)
    var visited = 0
    while (true) {
        val (cost, y, x) = queue.poll() ?: break
        if (cost >= best[y][x]) continue
        best[y][x] = cost
        visited += 1
        for ((dy, dx) in listOf(0 to 1, 1 to 0, 0 to -1, -1 to 0)) {
            val (toY, toX) = y + dy to x + dx
            if (toY in 0 until height && toX in 0 until width) queue += Place(cost + rows[toY][toX], toY, toX)
        }
    }
    println("${best[height - 1][width - 1]} $visited")
    println(best.maxOf { it.max() })
}
