/* aws_private.h: what the files aws_*.c share: the connection, its config. */
#ifndef VN_AWS_PRIVATE_H
#define VN_AWS_PRIVATE_H

#include <stdbool.h>
#include <stdint.h>

#include "aws.h"
#include "aws_ini.h"
#include "aws_keys.h"

struct vn_aws {
    const char *(*environment)(const char *name);
    void (*debug)(void *context, const char *line);
    void *debug_context;
    char *profile;      /* never NULL */
    bool profile_asked; /* by --profile: the environment's keys do not count */
    bool profile_named; /* by --profile or AWS_PROFILE: it must exist */
    char *region, *endpoint;
    char *ca_bundle; /* NULL: that of the system */
    struct aws_keys keys;
    int64_t tried_s, renewed_s; /* the last refresh, the last renewal */
    uint64_t refreshes;
};

/* The variable, lent; NULL if it is not there or empty. */
const char *aws_variable(const struct vn_aws *aws, const char *name);
/* Whether the variable says "true". */
bool aws_variable_true(const struct vn_aws *aws, const char *name);

/* ---- The two files (aws_config.c) --------------------------------------- */

struct aws_config {
    const char *profile;                  /* lent by the connection */
    char *credentials_path, *config_path; /* NULL: HOME is not set */
    struct aws_ini credentials, config;
};

/*
 * aws_config_read() reads both files of the AWS CLI. Returns VN_OK; VN_INVALID
 * for a line that cannot be read, or a named profile that is in neither file;
 * VN_IO; VN_NOMEM.
 */
VN_NODISCARD enum vn_status aws_config_read(const struct vn_aws *aws,
                                            struct aws_config *config,
                                            struct vn_error *error);
void aws_config_reset(struct aws_config *config); /* accepts a zeroed one */
/* A setting of the profile, data NULL if none: in one file or the other. */
struct vn_bytes aws_config_credentials(const struct aws_config *config,
                                       const char *key);
struct vn_bytes aws_config_setting(const struct aws_config *config,
                                   const char *key);
/* In any of them, the credentials file first. */
struct vn_bytes aws_config_get(const struct aws_config *config,
                               const char *key);
/* Where the files are, for a sentence: "A and B". */
#define AWS_PLACES_SIZE 400u
void aws_config_places(const struct aws_config *config,
                       char out[AWS_PLACES_SIZE]);

/* ---- Region, endpoint, certificates (aws_endpoint.c) -------------------- */

VN_NODISCARD enum vn_status aws_find_region(struct vn_aws *aws,
                                            const struct aws_config *config,
                                            const char *asked,
                                            struct vn_error *error);
/* After the region. */
VN_NODISCARD enum vn_status aws_find_endpoint(struct vn_aws *aws,
                                              const struct aws_config *config,
                                              const char *asked,
                                              struct vn_error *error);

/* AWS_CA_BUNDLE, or ca_bundle of the profile; VN_INVALID if unreadable. */
VN_NODISCARD enum vn_status aws_find_ca_bundle(struct vn_aws *aws,
                                               const struct aws_config *config,
                                               struct vn_error *error);

/* ---- Credentials (aws_chain.c, aws_container.c, ...)
 * -------------------------- */

/* The first of all places that has some; '*keys' is empty before. */
VN_NODISCARD enum vn_status aws_find_keys(const struct vn_aws *aws,
                                          struct aws_keys *keys,
                                          struct vn_error *error);

/*
 * Both return VN_NOT_FOUND where there is nothing of the kind; the second then
 * says why in '*why', a static clause.
 */
VN_NODISCARD enum vn_status aws_container_keys(const struct vn_aws *aws,
                                               struct aws_keys *keys,
                                               struct vn_error *error);
VN_NODISCARD enum vn_status aws_instance_keys(const struct vn_aws *aws,
                                              struct aws_keys *keys,
                                              const char **why,
                                              struct vn_error *error);

#endif
