package provider

import io.github.trustedprofile.ExternalToken
import io.github.trustedprofile.MetadataOptions
import io.github.trustedprofile.TokenProvider
import io.github.trustedprofile.TokenProviders
import io.github.trustedprofile.TrustedProfileException
import java.io.File
import java.time.Duration
import java.util.concurrent.CancellationException
import java.util.concurrent.CountDownLatch
import java.util.concurrent.atomic.AtomicInteger
import kotlin.time.Duration.Companion.seconds
import kotlin.time.TimeSource
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.future.await
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withContext
import kotlinx.coroutines.withTimeoutOrNull
import kotlinx.serialization.json.JsonPrimitive
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows
import scenarios.Simulator

/** Who waits, who leaves, who closes. */
class WaitingTest {
    /** A callback that waits to be let go, and says that it was called. */
    private class Gate {
        val called = CountDownLatch(1)
        val open = CountDownLatch(1)
        val calls = AtomicInteger()
        val tokens =
            TokenProvider.external(
                callback {
                    calls.incrementAndGet()
                    called.countDown()
                    open.await()
                    ExternalToken("a-token-behind-a-gate", Duration.ofHours(1))
                }
            )
    }

    @Test
    fun aThousandCoroutinesMakeOneExchange() = runBlocking(Dispatchers.Default) {
        Simulator().use { simulator ->
            simulator.fault("metadata", "kind" to JsonPrimitive("latency"), "ms" to JsonPrimitive(100))
            TokenProvider.vpcInstance(MetadataOptions(endpoint = simulator.metadataUrl)).use { tokens ->
                val values = List(1000) { async { tokens.token().value() } }.awaitAll()
                assertEquals(1, values.toSet().size)
                assertEquals(1, simulator.exchanges())
            }
        }
    }

    @Test
    fun whoeverLeavesHarmsNobody() = runBlocking(Dispatchers.Default) {
        val gate = Gate()
        val leaver = launch(start = CoroutineStart.UNDISPATCHED) { gate.tokens.token() }
        withContext(Dispatchers.IO) { gate.called.await() }
        val stayer = async(start = CoroutineStart.UNDISPATCHED) { gate.tokens.token() }
        leaver.cancel()
        leaver.join()
        assertNull(withTimeoutOrNull(5) { gate.tokens.token() }, "a limit of coroutines")
        val late = assertThrows<TrustedProfileException.DeadlineExceeded> { runBlocking { gate.tokens.token(Duration.ofMillis(5)) } }
        assertTrue(late.failure.message.startsWith("no token within the 0.0 s that the caller allowed"), late.failure.message)
        assertThrows<TrustedProfileException.DeadlineExceeded> { gate.tokens.tokenBlocking(Duration.ofMillis(5)) }
        gate.open.countDown()
        assertEquals("a-token-behind-a-gate", stayer.await().value())
        assertEquals(1, gate.calls.get())
        gate.tokens.close()
    }

    @Test
    fun aFutureThatIsCancelledHasLeft() = runBlocking {
        val gate = Gate()
        val leaver = TokenProviders.token(gate.tokens)
        gate.called.await()
        val stayer = TokenProviders.token(gate.tokens)
        leaver.cancel(true)
        assertThrows<CancellationException> { leaver.join() }
        gate.open.countDown()
        assertEquals("a-token-behind-a-gate", stayer.await().value())
        gate.tokens.close()
    }

    @Test
    fun shutdownEndsWhatIsUnderWay() = runBlocking(Dispatchers.Default) {
        val gate = Gate()
        val waiting = List(10) { async { runCatching { gate.tokens.token() }.exceptionOrNull() } }
        val blocked = async(Dispatchers.IO) { runCatching { gate.tokens.tokenBlocking() }.exceptionOrNull() }
        withContext(Dispatchers.IO) { gate.called.await() }
        gate.tokens.shutdown()
        for (error in waiting.awaitAll() + blocked.await()) assertTrue(error is TrustedProfileException.Closed, "$error")
        assertThrows<TrustedProfileException.Closed> { runBlocking { gate.tokens.token() } }
        gate.open.countDown()
        gate.tokens.close()
        val closed = assertThrows<IllegalStateException> { gate.tokens.tokenBlocking() }
        assertTrue("destroyed" in closed.message.orEmpty(), closed.message)
    }

    @Test
    fun aTokenOutlivesShutdown() = runBlocking {
        val gate = Gate()
        gate.open.countDown()
        val token = gate.tokens.token()
        gate.tokens.shutdown()
        gate.tokens.shutdown()
        assertEquals(token.value(), gate.tokens.token().value())
        gate.tokens.close()
        gate.tokens.close()
    }

    @Test
    fun aCoroutineMayShutDownInTheThreadThatBroughtItsToken() = runBlocking {
        val gate = Gate()
        val unconfined =
            async(Dispatchers.Unconfined) {
                gate.tokens.token()
                // Goes on at once, in the thread that waited for it: that must not wait for itself.
                gate.tokens.shutdown()
                gate.tokens.tokenBlocking()
            }
        gate.called.await()
        gate.open.countDown()
        assertEquals("a-token-behind-a-gate", unconfined.await().value())
        gate.tokens.close()
    }

    @Test
    fun noThreadIsLeftOnceATokenIsThere() = runBlocking {
        Simulator().use { simulator ->
            val before = nativeThreads()
            TokenProvider.vpcInstance(MetadataOptions(endpoint = simulator.metadataUrl)).use { tokens ->
                tokens.token()
                tokens.tokenBlocking()
                // They end when they have told, and that is at once.
                val end = TimeSource.Monotonic.markNow() + 30.seconds
                while (nativeThreads() > before && end.hasNotPassedNow()) Thread.sleep(5)
                assertTrue(nativeThreads() <= before)
            }
        }
    }

    /** How many threads of this process are ours. */
    private fun nativeThreads(): Int =
        File("/proc/self/task").listFiles().orEmpty().count { task ->
            runCatching { File(task, "comm").readText().trim() }.getOrDefault("") == "trusted-profile"
        }
}
