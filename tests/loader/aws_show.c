/* aws_show.c: prints what the loader finds as credentials, for a comparison. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "loader/aws.h"
#include "loader/loader.h"

static const char *read_variable(const char *name)
{
    return getenv(name);
}

/* Usage: aws_show [PROFILE]; exit 1 and a sentence where there are none. */
int main(int argc, char **argv)
{
    const struct vn_aws_options options = {.profile = argc > 1 ? argv[1] : NULL,
                                           .endpoint_url =
                                               "http://127.0.0.1:8000",
                                           .environment = read_variable};
    struct vn_aws *aws = NULL;
    struct aws_credentials found;
    struct vn_error error;

    enum vn_status status = vn_aws_open(&options, &aws, &error);
    if (status == VN_OK) {
        status =
            aws_credentials(aws, (int64_t)time(NULL), false, &found, &error);
    }
    if (status != VN_OK) {
        (void)printf("%s\n", error.message);
        vn_aws_close(aws);
        return 1;
    }
    (void)printf("%s\n%s\n%s\n%s\n", vn_aws_region(aws), found.access_key_id,
                 found.secret_access_key,
                 found.session_token != NULL ? found.session_token : "");
    vn_aws_close(aws);
    return 0;
}
