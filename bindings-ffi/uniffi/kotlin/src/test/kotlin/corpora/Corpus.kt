package corpora

import java.io.File
import java.security.MessageDigest
import kotlinx.serialization.ExperimentalSerializationApi
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonNamingStrategy

/** One file: its path below the folder of its corpus, and its bytes. */
class CorpusFile(val path: String, val bytes: ByteArray) {
    val text: String get() = bytes.decodeToString(throwOnInvalidSequence = true)
}

/** The files of a corpus. */
object Corpus {
    private val tests = File(environment("TRUSTED_PROFILE_CORPORA"))
    val vectors = File(tests, "vectors")
    val scenarios = File(tests, "scenarios")

    /** A member that nobody knows is an error. */
    @OptIn(ExperimentalSerializationApi::class)
    val json = Json { namingStrategy = JsonNamingStrategy.SnakeCase }

    /** Every file of these folders, sorted by path. */
    fun files(root: File, vararg folders: String): List<CorpusFile> =
        folders
            .flatMap { folder -> File(root, folder).walk().filter(File::isFile) }
            .map { CorpusFile(it.relativeTo(root).invariantSeparatorsPath, it.readBytes()) }
            // Bytewise; paths are ASCII.
            .sortedBy { it.path }

    /** SHA-256 over every file: the path, a zero byte, the bytes, a zero byte. */
    fun digest(files: List<CorpusFile>): String {
        val sha = MessageDigest.getInstance("SHA-256")
        for (file in files) {
            sha.update(file.path.encodeToByteArray() + 0)
            sha.update(file.bytes + 0)
        }
        return sha.digest().joinToString("") { "%02x".format(it) }
    }

    /** How many files git knows below the folder: a runner that overlooks one has not run them all. */
    fun committed(folder: File): Int {
        val git = ProcessBuilder("git", "ls-files", "-z", ".").directory(folder).start()
        val count = git.inputStream.readBytes().count { it == 0.toByte() }
        check(git.waitFor() == 0) { "git knows nothing of $folder" }
        return count
    }
}

fun environment(name: String): String = checkNotNull(System.getenv(name)) { "$name is not set: use scripts/test-kotlin.sh" }
