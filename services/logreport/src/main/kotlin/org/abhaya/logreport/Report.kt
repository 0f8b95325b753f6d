// What is kept of a log: bounded, however long it is.
package org.abhaya.logreport

import java.time.Instant
import java.time.ZoneOffset

private const val TOP = 10

internal class Report {
    var requests = 0L
        private set
    private var unread = 0L
    private var bytes = 0L
    private var first: Instant = Instant.MAX
    private var last: Instant = Instant.MIN
    private val visitors = Counts(100_000)
    private val statuses = Counts()
    private val methods = Counts()
    private val paths = Counts()
    private val broken = Counts()
    private val hours = LongArray(24)

    fun add(request: Request?) {
        if (request == null) {
            unread += 1
            return
        }
        requests += 1
        bytes += request.bytes
        first = minOf(first, request.time)
        last = maxOf(last, request.time)
        visitors.add(request.host)
        statuses.add(request.status.toString())
        methods.add(request.method)
        paths.add(request.path)
        if (request.status >= 400) broken.add("${request.status} ${request.path}")
        hours[request.time.atOffset(ZoneOffset.UTC).hour] += 1
    }

    fun asJson(): String =
        listOf(
            "requests" to "$requests",
            "unreadLines" to "$unread",
            "bytes" to "$bytes",
            "from" to quoted("$first"),
            "to" to quoted("$last"),
            "visitors" to "${visitors.size}",
            "visitorsIsLeast" to "${visitors.full}",
            "statuses" to members(statuses.sorted()),
            "methods" to members(methods.sorted()),
            "paths" to rows(paths.top(TOP)),
            "errors" to rows(broken.top(TOP)),
            "hours" to hours.joinToString(", ", "[", "]"),
        ).joinToString(",\n", "{\n", "\n}\n") { (name, value) -> "  ${quoted(name)}: $value" }
}

private fun members(counts: List<Pair<String, Long>>): String =
    counts.joinToString(", ", "{", "}") { (name, count) -> "${quoted(name)}: $count" }

private fun rows(counts: List<Pair<String, Long>>): String =
    counts.joinToString(", ", "[", "]") { (name, count) -> "[${quoted(name)}, $count]" }

internal fun quoted(text: String): String =
    buildString {
        append('"')
        for (c in text)
            when {
                c == '"' || c == '\\' -> append('\\').append(c)
                c < ' ' -> append("\\u").append(c.code.toString(16).padStart(4, '0'))
                else -> append(c)
            }
        append('"')
    }
