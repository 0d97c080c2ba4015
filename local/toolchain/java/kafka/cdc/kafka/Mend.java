package cdc.kafka;

import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.MethodModel;
import java.lang.classfile.Opcode;
import java.lang.classfile.instruction.ReturnInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Predicate;

/** Writes the broker's metadata cache, as the class path has it, with its answers passed through {@link Leaderless}. */
public final class Mend {
    private static final String CACHE = "org/apache/kafka/metadata/KRaftMetadataCache.class";
    private static final String METHOD = "getPartitionLeaderEndpoint";
    private static final ClassDesc OPTIONAL = ClassDesc.of("java.util.Optional");
    private static final MethodTypeDesc MENDED = MethodTypeDesc.of(
            OPTIONAL,
            OPTIONAL,
            ClassDesc.of("org.apache.kafka.metadata.MetadataCache"),
            ConstantDescs.CD_String,
            ConstantDescs.CD_int);

    private Mend() {}

    /** Usage: Mend FOLDER. Fails when the class has another shape than the one that this was written for. */
    public static void main(String[] arguments) throws IOException {
        ClassFile file = ClassFile.of();
        ClassModel cache;
        try (InputStream stream = Mend.class.getClassLoader().getResourceAsStream(CACHE)) {
            cache = file.parse(stream.readAllBytes());
        }
        Predicate<MethodModel> wanted = method -> method.methodName().equalsString(METHOD);
        if (cache.methods().stream().filter(wanted).count() != 1) {
            throw new IllegalStateException("the broker has no single method " + METHOD);
        }
        Path target = Path.of(arguments[0]).resolve(CACHE);
        Files.createDirectories(target.getParent());
        Files.write(target, file.transformClass(cache, ClassTransform.transformingMethodBodies(wanted, mended())));
    }

    private static CodeTransform mended() {
        return (code, element) -> {
            if (element instanceof ReturnInstruction end && end.opcode() == Opcode.ARETURN) {
                code.aload(0).aload(1).iload(2).invokestatic(ClassDesc.of("cdc.kafka.Leaderless"), "orNoNode", MENDED);
            }
            code.with(element);
        };
    }
}
