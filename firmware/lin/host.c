/*
 * Runs what `mcconfig -p lin` builds, without a screen: the SDK's simulator as a program of its own. The firmware calls
 * nothing of it; the SDK wants a screen that it can tell to start, stop and post to, and a GLib loop.
 *
 * Given no file it is the bootloader of two images (slots.h), and does as ESP-IDF's: one that was reset on its trial isn't
 * started again, nor one that can't be loaded, as long as the other one is good.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include "screen.h"
#include "slots.h"

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

/* The program in an image. */
static void *load(const char *file)
{
	char path[32];
	struct stat facts;
	off_t from = IMAGE_HEAD;
	int image = open(file, O_RDONLY | O_CLOEXEC);
	int program = memfd_create("image", MFD_CLOEXEC);
	if (image < 0 || program < 0 || fstat(image, &facts) != 0) return NULL;
	while (from < facts.st_size)
		if (sendfile(program, image, &from, facts.st_size - from) <= 0) return NULL;
	close(image);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", program);
	return dlopen(path, RTLD_NOW);
}

static void *boot(void)
{
	OtaData data;
	if (!slots_read(&data)) return NULL;
	for (int tries = 0; tries < 2; tries++) {
		int *state = &data.state[data.starts];
		if (*state == NEW) *state = PENDING;
		else if (*state == PENDING) *state = ABORTED;
		slots_write(&data);
		void *library = *state == ABORTED ? NULL : load(slot_file(data.starts));
		if (library != NULL) return library;
		if (data.state[1 - data.starts] != VALID) return NULL;
		*state = ABORTED;
		data.starts = 1 - data.starts;
	}
	return NULL;
}

int main(int argc, char **argv)
{
	void *library = argc == 2 ? dlopen(argv[1], RTLD_NOW) : boot();
	txScreenLaunchProc launch = library ? (txScreenLaunchProc)dlsym(library, "fxScreenLaunch") : NULL;
	if (launch == NULL) {
		fprintf(stderr, "%s\n", argc == 2 ? dlerror() : "neither mc.so nor an image that starts");
		return 2;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	/* A chip has no signals: who writes to a connection that is gone gets an error, and no more. */
	signal(SIGPIPE, SIG_IGN);
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
