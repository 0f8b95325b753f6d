// One line of an access log, in the common or the combined format that Apache and nginx write.
package org.abhaya.logreport

import java.time.DateTimeException
import java.time.Instant
import java.time.OffsetDateTime
import java.time.format.DateTimeFormatter
import java.util.Locale

internal data class Request(
    val host: String,
    val time: Instant,
    val method: String,
    val path: String,
    val status: Int,
    val bytes: Long,
)

// host ident user [day/month/year:time zone] "method target protocol" status bytes, and what the combined format adds.
private val line = Regex("""^(\S+) \S+ .*?\[([^\]]+)] "((?:[^"\\]|\\.)*)" (\d{3}) (\d+|-)(?: .*)?$""")
private val times = DateTimeFormatter.ofPattern("dd/MMM/yyyy:HH:mm:ss Z", Locale.ENGLISH)

/** Null where the line is something else. */
internal fun parseRequest(text: String): Request? {
    val (host, time, request, status, bytes) = line.find(text)?.destructured ?: return null
    val parts = request.split(' ')
    val sound = parts.size in 2..3
    return Request(
        host = host,
        time = instantOf(time) ?: return null,
        method = if (sound) parts[0] else "other",
        // Without its query: that has what visitors typed.
        path = if (sound) parts[1].substringBefore('?') else request,
        status = status.toInt(),
        bytes = bytes.toLongOrNull() ?: 0,
    )
}

private fun instantOf(text: String): Instant? =
    try {
        OffsetDateTime.parse(text, times).toInstant()
    } catch (_: DateTimeException) {
        null
    }
