// The supervisor in an isolated process: a user that owns nothing and may open nothing, which gets its two pipes from
// whoever binds to it. One agent for each process: when it has been served, the process ends, and the next binding
// starts a new one.
package org.abhaya.shim

import android.app.Service
import android.content.Intent
import android.os.Bundle
import android.os.Handler
import android.os.IBinder
import android.os.Message
import android.os.Messenger
import android.os.ParcelFileDescriptor
import android.os.Process
import org.abhaya.supervisor.NativeLauncher
import org.abhaya.supervisor.Supervisor
import java.util.concurrent.atomic.AtomicBoolean

class SandboxService : Service() {
    private val taken = AtomicBoolean(false)

    override fun onBind(intent: Intent): IBinder = Messenger(Requests()).binder

    private inner class Requests : Handler() {
        override fun handleMessage(message: Message) {
            message.data.classLoader = ParcelFileDescriptor::class.java.classLoader
            val pipes = Pipes.from(message.data)
            if (message.what != SERVE || pipes == null || !taken.compareAndSet(false, true)) {
                pipes?.close()
                return
            }
            Thread({ serve(pipes) }, "supervisor").start()
        }
    }

    private fun serve(pipes: Pipes) {
        val launcher = applicationInfo.nativeLibraryDir + "/" + LAUNCHER
        val input = ParcelFileDescriptor.AutoCloseInputStream(pipes.fromAgent)
        val output = ParcelFileDescriptor.AutoCloseOutputStream(pipes.toAgent)
        // The agent names the launcher that it pushed; this user can run only what was installed with the app.
        Supervisor(input, output) { command -> NativeLauncher(listOf(launcher) + command.drop(1)) }.serve()
        Process.killProcess(Process.myPid())
    }

    internal companion object {
        const val SERVE = 1

        /** Android unpacks from an APK what is called lib*.so, and nothing else. */
        const val LAUNCHER = "libabhaya-launcher.so"
    }
}

/** Both ends that the supervisor needs, as they travel in a message. */
internal class Pipes(val fromAgent: ParcelFileDescriptor, val toAgent: ParcelFileDescriptor) {
    fun message(): Message = Message.obtain(null, SandboxService.SERVE).also {
        it.data = Bundle().apply {
            putParcelable(FROM, fromAgent)
            putParcelable(TO, toAgent)
        }
    }

    fun close() {
        fromAgent.close()
        toAgent.close()
    }

    companion object {
        private const val FROM = "fromAgent"
        private const val TO = "toAgent"

        fun from(data: Bundle): Pipes? {
            val from = data.getParcelable<ParcelFileDescriptor>(FROM)
            val to = data.getParcelable<ParcelFileDescriptor>(TO)
            if (from != null && to != null) return Pipes(from, to)
            from?.close()
            to?.close()
            return null
        }
    }
}
