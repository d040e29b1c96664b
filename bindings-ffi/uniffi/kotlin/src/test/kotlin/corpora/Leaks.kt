package corpora

import io.github.trustedprofile.TrustedProfileException
import java.util.Base64

/** The secrets of one file, in every spelling that they could be shown in. */
class Leaks(secrets: List<String>) {
    private val needles = secrets.flatMap(::spellings)

    /** Looks at what a log would show of a value. */
    fun check(what: String, value: Any?) {
        for (text in shown(value)) {
            val found = needles.firstOrNull { it in text } ?: continue
            throw Difference("$what shows the secret $found: $text")
        }
    }

    private fun shown(value: Any?): List<String> =
        when (value) {
            is TrustedProfileException -> listOf("$value", value.stackTraceToString(), "${value.failure()}", everything(value))
            else -> listOf("$value")
        }

    /** All that the error knows, and not only its text. */
    private fun everything(error: TrustedProfileException): String =
        with(error.failure()) { "$code $kind $message $status $service $attempts $elapsed $retryAfter $causes $notes" }

    private fun spellings(secret: String): List<String> {
        val bytes = secret.encodeToByteArray()
        val base64 = listOf(Base64.getEncoder(), Base64.getUrlEncoder()).map { it.withoutPadding().encodeToString(bytes) }
        return listOf(secret, escaped(bytes, ""), escaped(bytes, "*-._").replace("%20", "+")) + base64
    }

    /** Percent-encoding; ASCII letters and digits always stay. */
    private fun escaped(bytes: ByteArray, kept: String): String =
        bytes.joinToString("") { byte ->
            val char = (byte.toInt() and 0xff).toChar()
            if (char in kept || char in 'a'..'z' || char in 'A'..'Z' || char in '0'..'9') "$char" else "%%%02X".format(byte)
        }
}
