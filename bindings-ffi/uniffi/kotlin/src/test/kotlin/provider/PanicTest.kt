package io.github.trustedprofile

import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** A panic in native code ends nothing. In the package itself, since no public call brings one about. */
class PanicTest {
    @Test
    fun aPanicIsTold() {
        repeat(3) {
            // Longer than its memory: nothing that Kotlin would hand over, and nothing that Rust goes on with.
            val text = RustBuffer.alloc(1uL)
            text.len = 2
            val status = UniffiRustCallStatus()
            UniffiLib.uniffi_trusted_profile_uniffi_fn_func_policy_from_json(text, status)
            // Of this the generated code makes an `InternalException`.
            assertTrue(status.isPanic())
            val words = FfiConverterString.lift(status.error_buf)
            assertTrue("exceeds capacity" in words, words)
        }
        assertEquals(5, policyFromJson("""{"max_attempts": 5}""").maxAttempts)
    }
}
