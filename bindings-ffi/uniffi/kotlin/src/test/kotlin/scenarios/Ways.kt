package scenarios

import io.github.trustedprofile.AccessToken
import io.github.trustedprofile.TokenProvider
import io.github.trustedprofile.TrustedProfileException
import java.time.Duration
import java.util.concurrent.CyclicBarrier
import java.util.concurrent.Executors
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.delay
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withContext

/** What a caller got: a token, an error, or neither when it gave up itself. */
sealed interface Answer {
    data class Got(val token: AccessToken) : Answer

    data class Refused(val error: TrustedProfileException) : Answer

    data object GaveUp : Answer
}

/** How callers ask: all at once. [isTimeToGiveUp] turns true when those that give up have to. */
enum class Way(val ask: (tokens: TokenProvider, call: Call, isTimeToGiveUp: () -> Boolean) -> List<Answer>) {
    /** Giving up is being cancelled. */
    COROUTINES(::byCoroutines),

    /** Giving up is a short timeout of the caller's own. */
    THREADS(::byThreads),
}

private fun byThreads(tokens: TokenProvider, call: Call, isTimeToGiveUp: () -> Boolean): List<Answer> {
    val start = CyclicBarrier(call.callers)
    val threads = Executors.newFixedThreadPool(call.callers)
    val asked =
        List(call.callers) { number ->
            threads.submit<Answer> {
                start.await()
                if (number < call.cancelled) givingUp(tokens, isTimeToGiveUp) else asking(call) { tokens.tokenBlocking(it) }
            }
        }
    return asked.map { it.get() }.also { threads.shutdown() }
}

/** Asks again until its time has come, like a caller that polls. */
private fun givingUp(tokens: TokenProvider, isTimeToGiveUp: () -> Boolean): Answer {
    while (true) {
        try {
            return Answer.Got(tokens.tokenBlocking(Duration.ofMillis(5)))
        } catch (late: TrustedProfileException.DeadlineExceeded) {
            if (isTimeToGiveUp()) return Answer.GaveUp
        } catch (error: TrustedProfileException) {
            return Answer.Refused(error)
        }
    }
}

private fun byCoroutines(tokens: TokenProvider, call: Call, isTimeToGiveUp: () -> Boolean): List<Answer> = runBlocking(Dispatchers.Default) {
    coroutineScope {
        // Those that give up are begun at once, so that they surely have asked.
        val leavers = List(call.cancelled) { async(start = CoroutineStart.UNDISPATCHED) { asking(call) { tokens.token(it) } } }
        val stayers = List(call.callers - call.cancelled) { async { asking(call) { tokens.token(it) } } }
        if (leavers.isNotEmpty()) {
            while (!withContext(Dispatchers.IO) { isTimeToGiveUp() }) delay(1)
            leavers.forEach { it.cancel() }
        }
        val left = leavers.map { leaver -> leaver.join().let { if (leaver.isCancelled) Answer.GaveUp else leaver.await() } }
        left + stayers.awaitAll()
    }
}

private inline fun asking(call: Call, ask: (Duration?) -> AccessToken): Answer =
    try {
        Answer.Got(ask(call.timeoutMs?.let(Duration::ofMillis)))
    } catch (error: TrustedProfileException) {
        if (error is TrustedProfileException.DeadlineExceeded && call.timeoutMs != null) Answer.GaveUp else Answer.Refused(error)
    }
