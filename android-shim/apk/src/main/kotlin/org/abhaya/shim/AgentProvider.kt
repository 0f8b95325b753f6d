// The agent's way to the isolated supervisor, by Android's own `content` command:
//   content write --uri content://org.abhaya.shim/NAME/in    its stdin is what the agent says
//   content read  --uri content://org.abhaya.shim/NAME/out   its stdout is what the supervisor answers
// NAME is made anew each time. When both are there, the service is bound and gets the other ends of both pipes.
package org.abhaya.shim

import android.content.ComponentName
import android.content.ContentProvider
import android.content.ContentValues
import android.content.Context
import android.content.Intent
import android.content.ServiceConnection
import android.database.Cursor
import android.net.Uri
import android.os.IBinder
import android.os.Messenger
import android.os.ParcelFileDescriptor
import android.os.RemoteException
import java.io.FileNotFoundException

class AgentProvider : ContentProvider() {
    private val meetings = Meetings<ParcelFileDescriptor> { it.close() }

    override fun onCreate(): Boolean = true

    override fun openFile(uri: Uri, mode: String): ParcelFileDescriptor {
        val (name, half) = Meetings.parse(uri.path) ?: throw FileNotFoundException("nothing is at $uri")
        // `content write` asks for "w" or "wt".
        if (mode.startsWith("w") != (half == Meetings.Half.IN)) throw FileNotFoundException("$uri is not for '$mode'")
        val (readEnd, writeEnd) = ParcelFileDescriptor.createPipe()
        val (own, callers) = if (half == Meetings.Half.IN) readEnd to writeEnd else writeEnd to readEnd
        meetings.arrive(name, half, own)?.let { (fromAgent, toAgent) -> serve(Pipes(fromAgent, toAgent)) }
        return callers
    }

    private fun serve(pipes: Pipes) {
        val context = context ?: return pipes.close()
        val intent = Intent(context, SandboxService::class.java)
        if (!context.bindService(intent, Handover(context, pipes), Context.BIND_AUTO_CREATE)) pipes.close()
    }

    /** Hands the pipes over once, and lets go of the service when its process has ended. */
    private class Handover(private val context: Context, private val pipes: Pipes) : ServiceConnection {
        private var handed = false

        override fun onServiceConnected(name: ComponentName, service: IBinder) {
            // Android starts the process again while it is bound; that one has nothing to do.
            if (handed) return context.unbindService(this)
            handed = true
            try {
                Messenger(service).send(pipes.message())
            } catch (_: RemoteException) {
                context.unbindService(this)
            } finally {
                // The message carried copies; the agent must see the end when the supervisor closes its own.
                pipes.close()
            }
        }

        override fun onServiceDisconnected(name: ComponentName) = context.unbindService(this)
    }

    override fun getType(uri: Uri): String = "application/octet-stream"

    override fun query(
        uri: Uri,
        projection: Array<String>?,
        selection: String?,
        arguments: Array<String>?,
        order: String?,
    ): Cursor? = null

    override fun insert(uri: Uri, values: ContentValues?): Uri? = null

    override fun update(uri: Uri, values: ContentValues?, selection: String?, arguments: Array<String>?): Int = 0

    override fun delete(uri: Uri, selection: String?, arguments: Array<String>?): Int = 0
}
