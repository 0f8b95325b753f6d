// The agent's two streams come one after the other, in any order, each by a command of its own: they meet here by name.
package org.abhaya.shim

/** Thread-safe. [T] is closed by [drop] when the other half doesn't come and when there are too many. */
internal class Meetings<T : Any>(private val drop: (T) -> Unit) {
    internal enum class Half { IN, OUT }

    private class Waiting<T>(val half: Half, val pipe: T)

    private val waiting = LinkedHashMap<String, Waiting<T>>()

    /** Both, `IN` first, when the other half has been waiting; null when this one waits now. */
    @Synchronized
    fun arrive(name: String, half: Half, pipe: T): Pair<T, T>? {
        val other = waiting.remove(name)
        if (other != null && other.half != half) {
            return if (half == Half.OUT) other.pipe to pipe else pipe to other.pipe
        }
        // The same half again: somebody gave up and tries anew.
        if (other != null) drop(other.pipe)
        waiting[name] = Waiting(half, pipe)
        if (waiting.size > WAITING_MAX) {
            val oldest = waiting.keys.first()
            waiting.remove(oldest)?.let { drop(it.pipe) }
        }
        return null
    }

    internal companion object {
        const val WAITING_MAX = 4

        private val PATH = Regex("/([0-9a-f]{8,64})/(in|out)")

        /** `/0123abcd/in`: the meeting's name and the half; null for anything else. */
        fun parse(path: String?): Pair<String, Half>? {
            val (name, half) = PATH.matchEntire(path ?: return null)?.destructured ?: return null
            return name to if (half == "in") Half.IN else Half.OUT
        }
    }
}
