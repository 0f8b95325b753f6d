package programs

import java.time.Instant
import java.time.LocalDate
import java.time.ZoneId
import java.time.format.DateTimeFormatter
import java.time.temporal.ChronoUnit

/** For each second since 1970 in the input: the moment in three zones, and the days since the one before. */
fun calendar(input: ByteArray) {
    val zones = listOf("Asia/Kolkata", "America/New_York", "Europe/Berlin").map(ZoneId::of)
    val format = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss")
    var before: LocalDate? = null
    val out = input.decodeToString().trim().lineSequence().map { line ->
        val moment = Instant.ofEpochSecond(line.toLong())
        val date = LocalDate.ofInstant(moment, ZoneId.of("UTC"))
        val days = before?.let { ChronoUnit.DAYS.between(it, date) } ?: 0
        before = date
        zones.joinToString(" ", postfix = " $days") { format.format(moment.atZone(it)) }
    }
    print(out.joinToString("\n", postfix = "\n"))
}
