// Random changes of good frames, the same for the same seed.
package org.abhaya.supervisor

import com.eclipsesource.json.Json
import com.eclipsesource.json.JsonObject
import com.eclipsesource.json.JsonValue
import java.util.Random

internal class Mutator(seed: Long) {
    private val random = Random(seed)

    fun below(bound: Int): Int = random.nextInt(bound)

    fun <T> oneOf(list: List<T>): T = list[below(list.size)]

    /** One to five changes of any kind; the result is at most [maxBytes] long, as frames are. */
    fun mutate(sample: ByteArray, maxBytes: Int): ByteArray {
        var bytes = sample
        repeat(1 + below(5)) { bytes = change(bytes) }
        return if (bytes.size > maxBytes) bytes.copyOf(maxBytes) else bytes
    }

    /** The object with one value of it, or of an object inside, replaced, removed or there twice. */
    fun otherValue(sample: JsonObject): JsonObject {
        val inside = generateSequence(sample) { all -> all.map { it.value }.firstOrNull { it.isObject }?.asObject() }
        val place = oneOf(inside.toList())
        if (place.isEmpty) return sample
        val name = oneOf(place.names())
        when (below(5)) {
            0 -> place.remove(name)
            1 -> place.add(name, place.get(name))
            2 -> place.add(oneOf(NAMES), oneOf(VALUES))
            3 -> place.set(name, oneOf(VALUES))
            // Of the same kind, so that it is right now and then.
            else -> place.set(name, oneOf(VALUES.filter { it.javaClass == place.get(name).javaClass }))
        }
        return sample
    }

    private fun change(bytes: ByteArray): ByteArray {
        if (bytes.isEmpty()) return byteArrayOf(below(256).toByte())
        val at = below(bytes.size)
        return when (below(9)) {
            0 -> bytes.copyOf().also { it[at] = (it[at].toInt() xor (1 shl below(8))).toByte() }
            1 -> bytes.copyOf().also { it[at] = oneOf(EDGES).toByte() }
            2 -> bytes.copyOf(at)
            3 -> insert(bytes, at, ByteArray(1 + below(40)) { below(256).toByte() })
            4 -> remove(bytes, at, 1 + below(16))
            5 -> insert(bytes, at, bytes.copyOfRange(at, minOf(bytes.size, at + 1 + below(200))))
            // Where a length or a count stands: the longest that it can say.
            6 -> bytes.copyOf().also { for (i in at until minOf(it.size, at + 1 + below(8))) it[i] = -1 }
            7 -> insert(bytes, at, oneOf(WORDS))
            else -> insert(bytes, at, repeated(oneOf(WORDS), below(5_000)))
        }
    }

    private fun insert(bytes: ByteArray, at: Int, more: ByteArray) =
        bytes.copyOfRange(0, at) + more + bytes.copyOfRange(at, bytes.size)

    private fun remove(bytes: ByteArray, at: Int, count: Int) =
        bytes.copyOfRange(0, at) + bytes.copyOfRange(minOf(bytes.size, at + count), bytes.size)

    private fun repeated(word: ByteArray, times: Int) = ByteArray(word.size * times) { word[it % word.size] }

    private companion object {
        val NAMES = listOf("kind", "runtimes", "spares", "native", "wasm", "")
        val VALUES: List<JsonValue> = listOf(
            Json.NULL, Json.TRUE, Json.`object`(), Json.array(1, 2), Json.`object`().add("spares", 4),
        ) + listOf(0L, 1, 3, 4, 28, 29, -1, 30_000, 4_294_967_295, 4_294_967_296, 9_007_199_254_740_991, Long.MAX_VALUE)
            .map { Json.value(it) } +
            listOf("", "/", "/a", "a", "native", "hello", "run", "cancel", "/a\u0000", "/\ud800", "x".repeat(5_000))
                .map { Json.value(it) }
        val EDGES = listOf(0, 1, 0x7f, 0x80, 0xff, '"'.code, '{'.code, '9'.code)
        val WORDS = listOf(
            "\"kind\":", "{", "}", "[", "]", ",", "\"", "\\", "\\u0000", "\\ud800", "null", "true", "-0", "0.1",
            "1e400", "1e-400", "9223372036854775808", "-1", "{\"a\":", "\"runtimes\":{\"native\":{\"spares\":9}},",
            "\u0001", "\u00e4",
        ).map { it.toByteArray(Charsets.UTF_8) } + listOf(
            byteArrayOf(-1, -1, -1, -1), byteArrayOf(-64, -128), byteArrayOf(-19, -96, -128), byteArrayOf(0, 0, 0, 0),
        )
    }
}
