package scenarios

import kotlinx.serialization.SerialName
import kotlinx.serialization.Serializable
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonObject

// A scenario as it stands in its file. Times are in milliseconds.

/** One file. */
@Serializable
data class Scenario(
    val name: String,
    val origin: String,
    val rules: List<String>,
    val source: JsonObject,
    val steps: List<Step>,
    val policy: JsonObject = JsonObject(emptyMap()),
    val variants: Variants = Variants(),
    @SerialName("\$schema") val schema: String? = null,
)

/** What other transports see otherwise, by the number of a step. It is left here. */
@Serializable data class Variants(val page: Map<String, Step> = emptyMap(), val inflating: Map<String, Step> = emptyMap())

/** Exactly one of these. */
@Serializable
data class Step(
    val control: ControlCall? = null,
    val crTokenFile: JsonObject? = null,
    val call: Call? = null,
    val invalidate: String? = null,
    val waitMs: Long? = null,
    val waitForJournal: Counted? = null,
    val waitForFailedRefreshes: Long? = null,
    val journal: List<Counted>? = null,
    val events: List<String>? = null,
    val use: Use? = null,
)

/** A call of the simulator's control API. */
@Serializable data class ControlCall(val method: String, val path: String, val body: JsonElement? = null)

/** Callers ask for the token, all at once; the first [cancelled] of them give up. */
@Serializable
data class Call(
    val expect: JsonElement,
    val callers: Int = 1,
    val cancelled: Int = 0,
    val timeoutMs: Long? = null,
    @SerialName("as") val name: String? = null,
)

/** Every caller gets this token or this error; the text "new_token" instead means one that nobody had. */
@Serializable data class Outcome(val tokenOf: String? = null, val error: ExpectedError? = null)

/** Parts of an error. */
@Serializable
data class ExpectedError(
    val code: String,
    val status: Int? = null,
    val serviceCode: String? = null,
    val attempts: Int? = null,
    val shows: List<String> = emptyList(),
)

/** Requests in the journal. */
@Serializable data class Counted(val service: String, val method: String, val path: String, val count: Int)

/** A token at the object store, and the status there. */
@Serializable data class Use(val token: String, val status: Int)
