/*
 * Runs what `mcconfig -p lin` builds, without a screen: the SDK's simulator as a program of its own. The firmware calls
 * nothing of it; the SDK wants a screen that it can tell to start, stop and post to, and a GLib loop.
 */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include "screen.h"

static guint timer;

static gboolean idle(gpointer screen)
{
	if (((txScreen *)screen)->idle) ((txScreen *)screen)->idle(screen);
	return G_SOURCE_CONTINUE;
}

static void start(txScreen *screen, double interval)
{
	if (timer == 0) timer = g_timeout_add((guint)interval, idle, screen);
}

static void stop(txScreen *screen)
{
	(void)screen;
	if (timer != 0) g_source_remove(timer);
	timer = 0;
}

static void aborted(txScreen *screen, int status)
{
	(void)screen;
	fprintf(stderr, "XS aborted: %d\n", status);
	exit(70);
}

static void post(txScreen *screen, char *message, int size)
{
	(void)screen, (void)message, (void)size;
}

static void changed(txScreen *screen)
{
	(void)screen;
}

int main(int argc, char **argv)
{
	void *library = argc == 2 ? dlopen(argv[1], RTLD_NOW) : NULL;
	txScreenLaunchProc launch = library ? (txScreenLaunchProc)dlsym(library, "fxScreenLaunch") : NULL;
	if (launch == NULL) {
		fprintf(stderr, "%s\n", argc == 2 ? dlerror() : "usage: host mc.so");
		return 2;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	const int width = 64, height = 64;
	txScreen *screen = calloc(1, sizeof(txScreen) + width * height * screenBytesPerPixel);
	screen->width = width;
	screen->height = height;
	screen->abort = aborted;
	screen->start = start;
	screen->stop = stop;
	screen->post = post;
	screen->bufferChanged = screen->formatChanged = changed;
	mxCreateMutex(&screen->workersMutex);
	launch(screen);
	g_main_loop_run(g_main_loop_new(NULL, FALSE));
	return 0;
}
