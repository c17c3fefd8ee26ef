/*
 * Two firmware images in the folder THERMOWELL_HOME, and which of them starts: as ESP-IDF keeps them ("Over The Air
 * Updates (OTA)", App Rollback). slot-0.bin, slot-1.bin: an image, its first bytes those of an ESP32's, then the program
 * that mcconfig built; where an ESP32's has a checksum this one has its length, u32. otadata: three numbers, which of them starts, and the state of each.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define IMAGE_MAGIC 0xe9
#define IMAGE_HEAD 24
#define IMAGE_LENGTH_AT 16

/* of an image: chosen, but not started yet; on trial; good; it gave up; it was reset on trial; none was ever there */
enum { NEW, PENDING, VALID, INVALID, ABORTED, UNDEFINED };

typedef struct {
	int starts;
	int state[2];
} OtaData;

static inline char *slot_path(const char *name)
{
	static char path[4096];
	snprintf(path, sizeof(path), "%s/%s", getenv("THERMOWELL_HOME"), name);
	return path;
}

static inline char *slot_file(int slot)
{
	return slot_path(slot ? "slot-1.bin" : "slot-0.bin");
}

/* 0: there are no slots */
static inline int slots_read(OtaData *data)
{
	FILE *file = getenv("THERMOWELL_HOME") ? fopen(slot_path("otadata"), "r") : NULL;
	if (file == NULL) return 0;
	int read = fscanf(file, "%d %d %d", &data->starts, &data->state[0], &data->state[1]);
	fclose(file);
	return read == 3;
}

/* Whole or not at all, as the chip's two copies with their checksums. */
static inline void slots_write(const OtaData *data)
{
	char temporary[4096];
	snprintf(temporary, sizeof(temporary), "%s", slot_path("otadata.new"));
	FILE *file = fopen(temporary, "w");
	if (file == NULL || fprintf(file, "%d %d %d\n", data->starts, data->state[0], data->state[1]) < 0 || fclose(file) != 0 ||
		rename(temporary, slot_path("otadata")) != 0) {
		perror("otadata");
		_exit(2);
	}
}
