// A web server's access log in, a report out: reads lines from System.in, writes JSON to System.out.
package org.abhaya.logreport

import java.io.BufferedReader
import java.io.InputStreamReader

fun main() {
    val report = Report()
    BufferedReader(InputStreamReader(System.`in`, Charsets.UTF_8)).forEachLine { line ->
        if (line.isNotBlank()) report.add(parseRequest(line))
    }
    if (report.requests == 0L) throw NotALog("no line is of the common or the combined log format")
    print(report.asJson())
}

internal class NotALog(message: String) : Exception(message)
