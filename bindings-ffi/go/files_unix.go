//go:build unix

package trustedprofile

import (
	"io/fs"
	"os"
	"syscall"
)

const nonBlocking = syscall.O_NONBLOCK

// Who owns a file that was looked at, who this process is, and how the file may be used.
func ownerOf(path string, info fs.FileInfo) map[string]any {
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return nil
	}
	owner := map[string]any{"owner": stat.Uid, "user": os.Geteuid(), "mode": uint32(stat.Mode)}
	if link, err := os.Lstat(path); err == nil && link.Mode()&fs.ModeSymlink != 0 {
		if stat, ok := link.Sys().(*syscall.Stat_t); ok {
			owner["link_owner"] = stat.Uid
		}
	}
	return owner
}
