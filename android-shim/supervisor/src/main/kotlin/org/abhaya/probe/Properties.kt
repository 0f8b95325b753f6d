// `getprop`: `[key]: [value]` lines. A value may go on over lines.
package org.abhaya.probe

internal data class DeviceIdentity(
    val model: String?,
    val manufacturer: String?,
    val abi: String?,
    val android: String?,
    val apiLevel: Int?,
)

internal object Properties {
    private val PROPERTY =
        Regex("""^\[([^\]\n]{1,128})]: \[(.*?)]\r?$""", setOf(RegexOption.MULTILINE, RegexOption.DOT_MATCHES_ALL))

    fun parse(text: String): Map<String, String> =
        PROPERTY.findAll(text).associate { it.groupValues[1] to it.groupValues[2].replace("\r\n", "\n") }

    fun identity(properties: Map<String, String>): DeviceIdentity {
        fun said(name: String): String? = properties[name]?.takeIf { it.isNotBlank() }
        return DeviceIdentity(
            said("ro.product.model"),
            said("ro.product.manufacturer"),
            said("ro.product.cpu.abi"),
            said("ro.build.version.release"),
            said("ro.build.version.sdk")?.toIntOrNull()?.takeIf { it > 0 },
        )
    }
}
