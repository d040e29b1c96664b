package vectors

import kotlinx.serialization.SerialName
import kotlinx.serialization.Serializable
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive

// A script as it stands in its file. Times are in milliseconds.

/** One file of `scripts/`. */
@Serializable
class Script(
    @SerialName("\$schema") val schema: String,
    val prng: String,
    val name: String,
    val about: String,
    val origin: String,
    val rules: List<String>,
    val seed: ULong,
    val unixBase: Long,
    val source: JsonObject,
    val secrets: List<String>,
    val policy: JsonObject? = null,
    val facts: KnownFacts? = null,
    val error: ConstructionError? = null,
    val steps: List<Step> = emptyList(),
)

/** What is known of the machine. */
@Serializable
class KnownFacts(
    val container: Boolean? = null,
    val kubernetes: Boolean? = null,
    val codeEngine: Boolean? = null,
    val proxySet: Boolean? = null,
    val arch: String? = null,
    val os: String? = null,
)

/** There is no machine, and this is why. */
@Serializable class ConstructionError(val code: String, val messageStarts: String)

/** One call of the machine, and what comes of it. */
@Serializable
class Step(
    val at: Long,
    val unix: Long? = null,
    val why: String? = null,
    val poll: Poll? = null,
    val refresh: Refresh? = null,
    val respond: Respond? = null,
    val transport: Transport? = null,
    val files: Files? = null,
    val external: External? = null,
    val abandon: Abandon? = null,
    val invalidate: Invalidate? = null,
    val fork: Fork? = null,
    val foreign: Foreign? = null,
    val expect: Expected? = null,
    val events: List<JsonObject>? = null,
    val status: ExpectedStatus? = null,
)

/** The step's one call. */
sealed interface Call

/** A caller asks for a token. A ticket of a new name is a new ticket. */
@Serializable class Poll(val ticket: String, val slot: String? = null) : Call

/** A volunteer asks for work. */
@Serializable class Refresh : Call

/** An answer came. */
@Serializable
class Respond(
    val exchange: String,
    val status: Int,
    val headers: Map<String, String> = emptyMap(),
    val body: String? = null,
    val json: JsonElement? = null,
    val bodyBase64: String? = null,
) : Call

/** No answer came. */
@Serializable class Transport(val exchange: String, val kind: String, val reused: Boolean = false, val detail: String = "") : Call

/** What came of the token files. */
@Serializable class Files(val input: String, val reads: List<Read>) : Call

/** What came of one path. */
@Serializable class Read(val path: String, val text: String? = null, val problem: String? = null)

/** What came of the program's own callback. */
@Serializable
class External(val input: String, val token: String? = null, val expiresIn: Long? = null, val error: String? = null) : Call

/** The driver gives an exchange or input up. */
@Serializable class Abandon(val exchange: String) : Call

/** A service refused a token. */
@Serializable class Invalidate(val slot: String? = null, val token: String? = null, val generation: Long? = null) : Call

/** From here on the machine is the one of a forked child. */
@Serializable class Fork(val seed: ULong) : Call

/** Reports of every kind under an id that the machine never gave out. */
@Serializable class Foreign(val id: Long, val token: String) : Call

/** What `poll` or `poll_refresh` returns: exactly one of these. What is not given is not compared. */
@Serializable
class Expected(
    val ready: Ready? = null,
    val send: Send? = null,
    val needInput: NeedInput? = null,
    val wait: Wait? = null,
    val failed: ExpectedFailure? = null,
    val none: Boolean? = null,
)

/** A token. An instant is a number, or "never". */
@Serializable
class Ready(
    val token: String,
    val name: String? = null,
    val generation: Long? = null,
    val usableUntil: JsonPrimitive? = null,
    val usableUntilUnix: JsonPrimitive? = null,
    val refreshAt: JsonPrimitive? = null,
    val refreshAtUnix: JsonPrimitive? = null,
)

/** An exchange to send. */
@Serializable
class Send(
    @SerialName("as") val name: String? = null,
    val request: Request = Request(),
    val connectTimeout: Long? = null,
    val timeout: Long? = null,
    val maxResponseBytes: Long? = null,
    val network: String? = null,
)

/** Parts of a request. */
@Serializable
class Request(
    val method: String? = null,
    val url: String? = null,
    val headers: Map<String, String> = emptyMap(),
    val absentHeaders: List<String> = emptyList(),
    val body: String? = null,
    val form: List<List<String>>? = null,
    val json: JsonElement? = null,
)

/** Input to get. */
@Serializable
class NeedInput(
    @SerialName("as") val name: String? = null,
    val paths: List<String>? = null,
    val maxBytes: Long? = null,
    val external: Callback? = null,
)

/** The program's own callback. */
@Serializable class Callback(val timeout: Long)

/** A wait. */
@Serializable class Wait(val atMost: Long)

/** Parts of an error. A status of 0 means that no answer came, `retryAfter` 0 that none was asked for. */
@Serializable
class ExpectedFailure(
    val code: String,
    val status: Int? = null,
    val serviceCode: String? = null,
    val serviceMessage: String? = null,
    val trace: String? = null,
    val attempts: Int? = null,
    val elapsed: Long? = null,
    val transient: Boolean? = null,
    val retryAfter: Long? = null,
    val messageContains: List<String> = emptyList(),
    val causesFirstContains: String? = null,
    val causesContain: List<String> = emptyList(),
    val notesContain: List<String> = emptyList(),
    val contains: List<String> = emptyList(),
    val notContains: List<String> = emptyList(),
)

/** Parts of a status. */
@Serializable
class ExpectedStatus(
    val source: String? = null,
    val protocol: String? = null,
    val clockSkewSeconds: Long? = null,
    val slots: Map<String, ExpectedSlot> = emptyMap(),
)

/** Parts of the status of a slot. */
@Serializable
class ExpectedSlot(
    val generation: Long? = null,
    val hasToken: Boolean? = null,
    val usableUntil: JsonPrimitive? = null,
    val refreshAt: JsonPrimitive? = null,
    val fetching: Boolean? = null,
    val failedRefreshes: Long? = null,
    val lastFailure: String? = null,
)
