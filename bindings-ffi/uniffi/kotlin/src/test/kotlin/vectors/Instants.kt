package vectors

import java.time.Duration
import kotlinx.serialization.json.JsonPrimitive

/** Whole milliseconds, rounded up: the first one at which the instant has come. What is longer than a number can say is the longest. */
fun wholeMillis(time: Duration): Long =
    when {
        time.seconds >= Long.MAX_VALUE / 1000 -> Long.MAX_VALUE
        time.nano % 1_000_000 == 0 -> time.toMillis()
        else -> time.toMillis() + 1
    }

/** An instant as scripts write it. */
fun instant(time: Duration): JsonPrimitive = if (time.seconds == Long.MAX_VALUE) JsonPrimitive("never") else JsonPrimitive(wholeMillis(time))
