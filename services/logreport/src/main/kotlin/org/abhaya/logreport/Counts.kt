// How often each name came. Room for so many names; those beyond are counted together.
package org.abhaya.logreport

internal class Counts(private val most: Int = 20_000) {
    private val counts = HashMap<String, Long>()
    private var others = 0L

    /** Exact unless `full`. */
    val size: Int get() = counts.size
    val full: Boolean get() = others > 0

    fun add(name: String) {
        if (counts.size < most || name in counts) counts.merge(name, 1L, Long::plus) else others += 1
    }

    fun top(count: Int): List<Pair<String, Long>> =
        counts.entries
            .sortedWith(compareByDescending<Map.Entry<String, Long>> { it.value }.thenBy { it.key })
            .take(count)
            .map { it.key to it.value }

    fun sorted(): List<Pair<String, Long>> = counts.entries.sortedBy { it.key }.map { it.key to it.value }
}
