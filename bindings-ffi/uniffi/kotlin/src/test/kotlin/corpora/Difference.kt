package corpora

/** The package does other things than the corpus expects. */
class Difference(message: String) : Exception(message)

fun same(what: String, expected: Any?, found: Any?) {
    if (expected != found) throw Difference("$what: expected $expected, found $found")
}

/** The same, for an expectation that need not be there. */
fun sameIfGiven(what: String, expected: Any?, found: Any?) {
    if (expected != null) same(what, expected, found)
}

/** Every wanted text is in one of the texts. */
fun allIn(what: String, wanted: List<String>, texts: List<String>) {
    for (part in wanted) {
        if (texts.none { part in it }) throw Difference("$what: '$part' is missing in $texts")
    }
}

/** The one that is given, of these by their names. */
fun <T : Any> only(vararg given: T?): T =
    given.filterNotNull().singleOrNull() ?: throw Difference("exactly one thing has to be given, not ${given.filterNotNull()}")
